using System.Diagnostics;
using System.Globalization;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>A network of its own for programs under test, with nothing but a loopback interface and the addresses it is given. Needs root.</summary>
sealed class NetworkNamespace : IAsyncDisposable
{
    readonly string _name = string.Create(CultureInfo.InvariantCulture, $"cm-test-{Environment.ProcessId}-{Random.Shared.Next():x8}");

    NetworkNamespace()
    {
    }

    public static async Task<NetworkNamespace> CreateAsync(params string[] addresses)
    {
        var created = new NetworkNamespace();
        await RunAsync("netns", "add", created._name);
        try
        {
            await RunAsync("-n", created._name, "link", "set", "lo", "up");
            foreach (var address in addresses)
                await RunAsync("-n", created._name, "address", "add", address, "dev", "lo");
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
        return created;
    }

    /// <summary>Starts the program under test in here.</summary>
    public MinerProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        MinerProcess.StartProgram("ip", ["netns", "exec", _name, MinerProcess.Program, .. arguments], environment);

    /// <summary>Runs the program under test in here, to its end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> ExecuteAsync(params string[] arguments)
    {
        await using var program = Start(arguments);
        var exitCode = await program.WaitForExitAsync();
        return (exitCode, program.Output, program.Errors);
    }

    public async ValueTask DisposeAsync() => await RunAsync("netns", "delete", _name);

    static async Task RunAsync(params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var errors = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        Assert.True(ip.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {errors}");
    }
}
