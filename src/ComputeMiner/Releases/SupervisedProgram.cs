using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ComputeMiner.Releases;

/// <summary>
/// Another version of the program, run in this one's place: same command line, terminal, log and environment. It dies with this process.
/// </summary>
/// <remarks>
/// The kernel's signal at the parent's death, which the child asks for, fires when the thread that forked ends (prctl(2)): hence a thread
/// of its own that stays until the child is gone.
/// </remarks>
sealed class SupervisedProgram
{
    readonly Process _process;

    SupervisedProgram(Process process, Task<int> ended) => (_process, Ended) = (process, ended);

    /// <summary>Its exit code.</summary>
    public Task<int> Ended { get; }

    /// <exception cref="ReleaseException">It cannot be started.</exception>
    public static async Task<SupervisedProgram> StartAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment[Supervision.Variable] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Host(process, started, ended)) { IsBackground = true, Name = "launcher" }.Start();
        await started.Task;
        return new SupervisedProgram(process, ended.Task);
    }

    /// <summary>As the operator's stop.</summary>
    public void AskToEnd()
    {
        if (!Ended.IsCompleted)
            ProcessSignal.AskToEnd(_process.Id);
    }

    /// <summary>At once, with all it started.</summary>
    public async Task KillAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It was gone already.
        }
        await Ended;
    }

    static void Host(Process process, TaskCompletionSource started, TaskCompletionSource<int> ended)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            started.SetException(new ReleaseException($"does not start here: {fault.Message}", isFinal: true, fault));
            return;
        }
        started.SetResult();
        process.WaitForExit();
        ended.SetResult(process.ExitCode);
    }
}
