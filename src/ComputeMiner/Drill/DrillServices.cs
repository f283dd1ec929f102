namespace ComputeMiner.Drill;

/// <summary>
/// The service manager of the drill's own engine: a <c>systemctl</c> that knows this one service, in a directory to be looked at first. It asks
/// through a file, and waits until that is gone.
/// </summary>
sealed class DrillServices : IAsyncDisposable
{
    static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    readonly CancellationTokenSource _over = new();
    readonly string _directory;
    readonly Task _served;

    DrillServices(string directory, Func<Task> restart)
    {
        _directory = directory;
        _served = ServeAsync(Path.Combine(directory, "restart"), restart);
    }

    public string SearchPath => $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <param name="root">Where it keeps its files.</param>
    /// <param name="pidFile">Names the service's process.</param>
    /// <param name="restart">Restarts the service; done when it answers again.</param>
    public static DrillServices Begin(string root, string pidFile, Func<Task> restart)
    {
        var directory = Path.Combine(root, "services");
        Directory.CreateDirectory(directory);
        var program = Path.Combine(directory, "systemctl");
        File.WriteAllText(program,
            $"""
            #!/bin/sh
            case "$1 $2" in
            "show --property=MainPID") cat {pidFile} ;;
            "restart docker.service") : > {directory}/restart; while [ -e {directory}/restart ]; do sleep 0.1; done ;;
            *) exit 1 ;;
            esac

            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DrillServices(directory, restart);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _served;
        _over.Dispose();
    }

    async Task ServeAsync(string request, Func<Task> restart)
    {
        using var pause = new PeriodicTimer(Period);
        try
        {
            while (await pause.WaitForNextTickAsync(_over.Token))
            {
                if (!File.Exists(request))
                    continue;
                await restart();
                File.Delete(request);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }
}
