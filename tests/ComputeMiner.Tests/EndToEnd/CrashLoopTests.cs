using System.Globalization;
using System.Text.Json;
using ComputeMiner.Tests.Releases;
using ComputeMiner.Tests.Updates;
using Renci.SshNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>A release that passes its tests and its trial, and crashes later, each time after its axon listens.</summary>
[Trait("Needs", "Docker")]
public sealed class CrashLoopTests : IAsyncLifetime
{
    const string Next = "9.2.0";

    readonly Publisher _publisher = new();
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    FileServer _server = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>While it is there, the release crashes.</summary>
    string Fatal => Path.Combine(_directory, "fatal");

    string Crashes => Path.Combine(_directory, "crashes");

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        await OtherVersion.MakeAsync(Next, Path.Combine(_directory, "next"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _publisher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Run_InstalledReleaseCrashesBesideARental_GoesBackAndTheRenterNoticesNothing()
    {
        await using var world = await RentedMiner.StartAsync(
            Cancellation, "--update", "install", "--update.url", new Uri(_server.Root, Publisher.Manifest).ToString(), "--update.key", _publisher.Key, "--census.url", "off");

        // Rented, nothing of it is even fetched.
        Assert.True(await world.AllocateAsync());
        _publisher.Publish(_server, Next, Publisher.ArchiveOf(Next, Script(world.AxonPort)));
        await world.CommandAsync("update", "install");
        await UntilAsync(world, status => Text(status, "updates", "state") == $"{Next} waits until nobody has the machine");
        Assert.DoesNotContain(_server.Answers, answer => answer.Path.StartsWith("miner", StringComparison.Ordinal));

        // Idle, it is installed, and the next renter comes before it shows what it is.
        Assert.True(await world.DeallocateAsync());
        await world.UntilFreeAsync(Cancellation);
        await world.CommandAsync("update", "install");
        await world.WaitForLineAsync($"Version {Next} is installed.");
        var login = await world.RentAsync();
        var rented = Assert.Single(await world.ContainersAsync());
        using var ssh = new SshClient("127.0.0.1", login.Port, login.Username, login.Password);
        await ssh.ConnectAsync(Cancellation);
        var session = Ask(ssh, "echo $PPID");
        var held = Held(await world.StatusAsync());

        await File.WriteAllTextAsync(Fatal, "", Cancellation);
        await world.WaitForLineAsync($"The installed version {Next} ended 3 times in a row");
        await UntilAsync(world, status => Text(status, "version") == ProductVersion.Text && status.GetProperty("ready").GetBoolean());

        Assert.Equal(3, (await File.ReadAllLinesAsync(Crashes, Cancellation)).Length);
        Assert.Equal((session, true), (Ask(ssh, "echo $PPID"), ssh.IsConnected));
        Assert.Equal(rented, Assert.Single(await world.ContainersAsync()));
        Assert.True(await world.HoldsAsync());
        var after = await world.StatusAsync();
        Assert.Equal(held, Held(after));
        Assert.EndsWith($"with exit code 134; rolled back to {ProductVersion.Text}", Text(after, "updates", "lastResult"), StringComparison.Ordinal);
        Assert.Equal($"{Next} failed and is not tried again by itself; `miner update install` does", Text(after, "updates", "state"));
        Assert.True(await world.DeallocateAsync());
        await world.UntilFreeAsync(Cancellation);
    }

    /// <summary>The real program under another version; what watches beside it ends it as an abort of its own would (signal(7), SIGABRT).</summary>
    string Script(int port) => $$"""
        ( while kill -0 $$ 2>/dev/null; do
            if [ -e {{Fatal}} ] && cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ':{{port.ToString("X4", CultureInfo.InvariantCulture)}} 0*:0000 0A '; then
              # The runtime's own handler takes the first.
              echo x >>{{Crashes}}; while kill -ABRT $$; do sleep 0.02; done 2>/dev/null; exit
            fi
            sleep 0.05
          done ) &
        exec {{Path.Combine(_directory, "next", "miner")}} "$@"
        """;

    static string Ask(SshClient ssh, string command)
    {
        using var run = ssh.RunCommand(command);
        return run.Result.Trim();
    }

    static async Task UntilAsync(RentedMiner world, Func<JsonElement, bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await world.TryStatusAsync() is not { } status || !holds(status))
            await pause.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Who has the machine, which is what the ledger says.</summary>
    static (string? State, string? Id, string? Caller, string? Since, string? Expires) Held(JsonElement status)
    {
        var rental = status.GetProperty("rental");
        return (Text(rental, "state"), Text(rental, "allocationId"), Text(rental, "caller"), Text(rental, "since"), Text(rental, "expires"));
    }

    static string? Text(JsonElement element, params string[] path)
    {
        foreach (var name in path)
            element = element.GetProperty(name);
        return element.GetString();
    }
}
