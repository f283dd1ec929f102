using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bittensor.Keys;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.EndToEnd;

public sealed class LogTests : IDisposable
{
    // More lines than a pipe and the program's own queue hold together.
    const int Requests = 6000;

    readonly TemporaryDirectory _directory = new();
    readonly KeySecrets _hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
    readonly int _axon = FreePort.Next();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hotkey.Dispose();
        _directory.Dispose();
    }

    /// <summary>A terminal that was stopped with Ctrl-S, or a program behind a pipe that hangs: it costs lines, not the miner.</summary>
    [Fact]
    public async Task Run_NobodyReadsTheLog_GoesOnServingAndStops()
    {
        new Wallet(_directory.At("wallets")).CreateHotkey(_hotkey);
        await HostCommand.RunAsync("mkfifo", [_directory.At("log")]);
        await using var unread = new FileStream(_directory.At("log"), FileMode.Open, FileAccess.ReadWrite);
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        engine.Bind(new UnixDomainSocketEndPoint(_directory.At("docker.sock")));
        engine.Listen();
        await using var miner = MinerProcess.StartProgram("/bin/sh",
        [
            "-c", "exec \"$0\" \"$@\" 2>\"$LOG\"", MinerProcess.Program, "run", "--logging.debug", "--wallet.path", _directory.At("wallets"),
            "--state.dir", _directory.At("state"), "--subtensor.chain_endpoint", "ws://127.0.0.1:9", "--registry", "off",
            "--axon.port", _axon.ToString(CultureInfo.InvariantCulture), "--admin.address", $"127.0.0.1:{FreePort.Next()}",
            "--ssh.port", FreePort.Next().ToString(CultureInfo.InvariantCulture),
        ], new Dictionary<string, string?> { ["LOG"] = _directory.At("log"), ["DOCKER_HOST"] = $"unix://{_directory.At("docker.sock")}" });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_axon}/") };
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await StatusAsync(http) is null)
            await pause.WaitForNextTickAsync(Cancellation);

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (_, _) => Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http)));

        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    static async Task<HttpStatusCode?> StatusAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("Nothing", UriKind.Relative), Cancellation);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
