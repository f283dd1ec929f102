using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Challenges;

/// <summary>
/// Runs a program so that it cannot outlive its purpose: cancelling kills it with all its children, and the kernel kills it when this
/// process dies, even by SIGKILL.
/// </summary>
/// <remarks>
/// The kernel's part is PR_SET_PDEATHSIG, which setpriv sets between fork and exec. It fires when the thread that forked ends (prctl(2)),
/// and a thread of the pool ends when it is idle: hence a thread of its own that stays until the process is gone.
/// </remarks>
static class HashcatProcess
{
    public const string Launcher = "setpriv";

    static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    /// <summary>A killed process ends within milliseconds, unless the kernel keeps it, as it does while a driver or a disk hangs.</summary>
    static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    public static ProcessStartInfo Describe(string file, IEnumerable<string> arguments) =>
        new(Launcher, ["--pdeathsig", "KILL", "--no-new-privs", "--", file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>
    /// Runs to the end, or kills it when <paramref name="cancellation"/> fires. Returns when it is gone, or some seconds after the kill when it
    /// does not go.
    /// </summary>
    /// <param name="start">From <see cref="Describe"/>.</param>
    /// <param name="onLine">Takes each line of standard output; too long ones are left out.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Kills.</param>
    public static async Task<HashcatExit> RunAsync(ProcessStartInfo start, Action<string> onLine, TimeProvider time, CancellationToken cancellation)
    {
        var process = new Process { StartInfo = start };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Host(process, started, ended)) { IsBackground = true, Name = "hashcat" }.Start();
        try
        {
            await started.Task;
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            return new HashcatExit(HashcatExit.NotStarted, fault.Message);
        }
        process.StandardInput.Close();
        var errors = new TextTail();
        var output = BoundedLines.ReadAsync(process.StandardOutput.BaseStream, onLine);
        var complaints = BoundedLines.ReadAsync(process.StandardError.BaseStream, errors.Add);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellation.UnsafeRegister(_ => KillAndTell(process, killed), null))
            await Task.WhenAny(ended.Task, killed.Task);
        if (!ended.Task.IsCompleted && !await EndsWithinAsync(ended.Task, KillPatience, time))
            return HashcatExit.Of(process.Id, ended.Task);
        // A child that left the tree may hold the pipes open; the answer does not wait for it.
        await Task.WhenAny(Task.WhenAll(output, complaints), Task.Delay(LastWordsPatience, time, CancellationToken.None));
        return new HashcatExit(await ended.Task, errors.ToString());
    }

    // The process object goes with the thread, which stays as long as the process does.
    static void Host(Process process, TaskCompletionSource started, TaskCompletionSource<int> ended)
    {
        try
        {
            process.Start();
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            started.SetException(fault);
            process.Dispose();
            return;
        }
        started.SetResult();
        process.WaitForExit();
        ended.SetResult(process.ExitCode);
    }

    static async Task<bool> EndsWithinAsync(Task ended, TimeSpan patience, TimeProvider time)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(ended, Task.Delay(patience, time, enough.Token));
        await enough.CancelAsync();
        return ended.IsCompleted;
    }

    static void KillAndTell(Process process, TaskCompletionSource killed)
    {
        Kill(process);
        killed.TrySetResult();
    }

    static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It was gone already.
        }
    }
}
