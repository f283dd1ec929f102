using System.Globalization;
using Bittensor.Keys;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The dev network as a program of its own, with a file it is kept in.</summary>
public sealed class DevnetTests : IDisposable
{
    static readonly Netuid Netuid = new(27);

    readonly TemporaryDirectory _directory = new();
    readonly int _port = FreePort.Next();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Devnet_WithState_HasARegistrationAfterItsEnd()
    {
        using var hotkey = Keypair.FromUri("//Miner");
        using var coldkey = Keypair.FromUri("//Alice");
        await using (var network = Start())
        {
            await network.WaitForLineAsync("new at block 0, 0 runs");
            await using var client = Client();
            await client.BurnedRegisterAsync(Netuid, hotkey.Hotkey, coldkey, Cancellation);
            network.Interrupt();
            Assert.Equal(0, await network.WaitForExitAsync());
        }
        await using (var network = Start())
        {
            await network.WaitForLineAsync("taken up at block");
            await using var client = Client();
            Assert.Equal(new Uid(0), await client.GetUidAsync(Netuid, hotkey.Hotkey, Cancellation));
        }
    }

    [Fact]
    public async Task Devnet_StateThatIsNone_SaysWhatHelps()
    {
        await File.WriteAllTextAsync(_directory.At("state"), "no state", Cancellation);
        await using var network = Start();

        Assert.Equal(1, await network.WaitForExitAsync());

        Assert.Equal(
            $"error: {_directory.At("state")} cannot be used: it is no state of a dev network. Name another file with --state, or delete it to begin anew.\n", network.Errors);
    }

    MinerProcess Start() => MinerProcess.Start(
        ["devnet", "--port", Text(_port), "--registry-port", Text(FreePort.Next()), "--block-time", "1", "--state", _directory.At("state")]);

    SubtensorClient Client() => new(
        new SubtensorOptions { Endpoints = [new Uri($"ws://127.0.0.1:{Text(_port)}")] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
