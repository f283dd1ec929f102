using System.Diagnostics;
using System.Globalization;
using ComputeMiner;
using ComputeMiner.Containers;

namespace Scenarios;

/// <summary>
/// The same image by a plain <c>docker run</c>. The image has no host key on purpose; the container gets one as a file that was there
/// before the clock starts, which spares it the key's generation.
/// </summary>
sealed class BareContainer : IAsyncDisposable
{
    readonly string _name = $"bench-bare-{Environment.ProcessId}";
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-bench-").FullName;
    readonly int _port = FreePort.Next();
    string? _image;

    /// <summary>Takes the image that a container was made from.</summary>
    public async Task UseImageOfAsync(string container, CancellationToken cancellation) =>
        _image ??= await DockerAsync(cancellation, "inspect", "--format", "{{.Image}}", container);

    /// <summary>Runs, reads the greeting, removes.</summary>
    public async Task<TimeSpan> RunAsync(CancellationToken cancellation)
    {
        var key = Path.Combine(_directory, "key");
        await File.WriteAllTextAsync(key, SshHostKey.Generate().PrivateFile, cancellation);
        File.SetUnixFileMode(key, DeliveredFile.Private);
        var start = Stopwatch.GetTimestamp();
        await DockerAsync(
            cancellation, "run", "-d", "--name", _name, "-p", $"{_port.ToString(CultureInfo.InvariantCulture)}:22",
            "-v", $"{key}:/etc/ssh/ssh_host_ed25519_key:ro", _image!, "/usr/sbin/sshd", "-D");
        await SshReadiness.WaitAsync(_port, _ => Task.CompletedTask, TimeProvider.System, cancellation);
        var time = Stopwatch.GetElapsedTime(start);
        await RemoveAsync();
        return time;
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync();
        Directory.Delete(_directory, recursive: true);
    }

    // With --force a container that does not exist is no fault.
    async Task RemoveAsync() => await DockerAsync(CancellationToken.None, "rm", "--force", _name);

    static async Task<string> DockerAsync(CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var faults = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"docker {arguments[0]} failed: {await faults}");
    }
}
