using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The real program as a child process: its arguments, what it prints, its exit code. Killed when disposed.</summary>
sealed class MinerProcess : IAsyncDisposable
{
    const string ProgramVariable = "MINER_UNDER_TEST";

    // The first on a machine builds the renters' image.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly StringBuilder _errors = new();
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    MinerProcess(Process process) => _process = process;

    /// <summary>The program under test: the published one where the environment names it, else the one just built.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("TEST_PROGRAM")
        ?? Path.Combine(Checkout.Root, "artifacts", "bin", "ComputeMiner", "release_linux-x64", "miner");

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public int Id => _process.Id;

    public static MinerProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        StartProgram(Program, arguments, environment);

    /// <summary>The same for another program that starts the miner, such as one that drops privileges first.</summary>
    public static MinerProcess StartProgram(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Ours, not the program's: it would warn of a variable that looks like one of its settings.
        start.Environment.Remove(ProgramVariable);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        var miner = new MinerProcess(new Process { StartInfo = start });
        miner._process.OutputDataReceived += (_, line) => miner.Take(miner._output, line.Data);
        miner._process.ErrorDataReceived += (_, line) => miner.Take(miner._errors, line.Data);
        miner._process.Start();
        miner._process.StandardInput.Close();
        miner._process.BeginOutputReadLine();
        miner._process.BeginErrorReadLine();
        return miner;
    }

    /// <summary>Runs to the end and returns the exit code; output is complete then.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? patience = null)
    {
        await using var miner = Start(arguments, environment);
        var exitCode = await miner.WaitForExitAsync(patience);
        return (exitCode, miner.Output, miner.Errors);
    }

    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The program still runs. It printed:\n{Output}\n{Errors}");
        }
        return _process.ExitCode;
    }

    /// <summary>Waits until a printed line contains <paramref name="text"/>.</summary>
    public async Task<string> WaitForLineAsync(string text, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(deadline.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
        }
        throw new TimeoutException($"No line with '{text}' came. The program printed:\n{Output}\n{Errors}");
    }

    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    void Take(StringBuilder sink, string? line)
    {
        if (line is null)
            return;
        lock (sink)
            sink.AppendLine(line);
        _lines.Writer.TryWrite(line);
    }

    static string Read(StringBuilder sink)
    {
        lock (sink)
            return sink.ToString();
    }
}
