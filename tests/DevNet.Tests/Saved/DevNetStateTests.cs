using System.Net;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using DevNet.Tests.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests.Saved;

public sealed class DevNetStateTests : IDisposable
{
    static readonly Netuid Compute = new(27);

    readonly string _directory = Directory.CreateTempSubdirectory("devnet-tests-").FullName;
    readonly Keypair _hotkey = Keypair.FromUri("//Miner");
    readonly Keypair _coldkey = Keypair.FromUri("//Alice");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string FilePath => Path.Combine(_directory, "sub", "devnet.json");

    public void Dispose()
    {
        _hotkey.Dispose();
        _coldkey.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Read_OfAWrittenNetwork_GoesOnWhereItWas()
    {
        var (genesis, number, balance, uid) = await WriteAsync();

        var state = DevNetState.Read(FilePath);
        await using var chain = await DevChain.StartAsync(
            new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(50), MaxAllowedUids = 3, From = state }, Cancellation);
        await using var registry = await DevRegistry.StartAsync(new DevRegistryOptions { From = state }, Cancellation);
        await using var client = Client(chain);

        Assert.Equal(genesis, chain.GenesisHash);
        Assert.InRange(chain.BlockNumber, number, number + 100);
        Assert.Equal(balance, await client.GetBalanceAsync(_coldkey.Account, Cancellation));
        Assert.Equal(uid, await client.GetUidAsync(Compute, _hotkey.Hotkey, Cancellation));
        Assert.Equal(8091, (await client.GetAxonAsync(Compute, _hotkey.Hotkey, Cancellation))!.Port);
        var run = Assert.Single(registry.Runs);
        Assert.Equal(("mine", "label", "{\"a\":1}", "running"), (run.Name, run.DisplayName, run.Config, run.State));
        using var http = new RegistryHttp(registry);
        Assert.Equal(HttpStatusCode.Conflict, (await http.UpsertAsync(RegistryHttp.Input("gone"))).Status);
        // Signed on the nonce and the blocks that were.
        using var other = Keypair.FromUri("//Other");
        await client.BurnedRegisterAsync(Compute, other.Hotkey, _coldkey, Cancellation);
        Assert.NotNull(await client.GetUidAsync(Compute, other.Hotkey, Cancellation));
    }

    [Fact]
    public async Task Read_OfANetworkTakenUp_IsTheSameAgain()
    {
        await WriteAsync();
        var before = await File.ReadAllTextAsync(FilePath, Cancellation);

        await using (var chain = await DevChain.StartAsync(new DevChainOptions { MaxAllowedUids = 3, From = DevNetState.Read(FilePath) }, Cancellation))
        await using (var registry = await DevRegistry.StartAsync(new DevRegistryOptions { From = DevNetState.Read(FilePath) }, Cancellation))
            DevNetState.Of(chain, registry).Write(FilePath);

        Assert.Equal(before, await File.ReadAllTextAsync(FilePath, Cancellation));
    }

    [Fact]
    public async Task Start_StateOfOtherSettings_IsRefused()
    {
        await WriteAsync();

        var fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => DevChain.StartAsync(new DevChainOptions { Runtime = DevRuntime.Classic, From = DevNetState.Read(FilePath) }, Cancellation));

        Assert.Contains("other settings", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("storage")]
    [InlineData("hash")]
    [InlineData("extrinsics")]
    public async Task Start_ChainDamaged_IsRefused(string part)
    {
        await WriteAsync();
        var saved = JsonNode.Parse(await File.ReadAllTextAsync(FilePath, Cancellation))!;
        var chain = saved["chain"]!.AsObject();
        if (part == "storage")
            chain["storage"]!.AsObject().RemoveAt(3);
        else if (part == "hash")
            chain["hash"] = "0x00";
        else
            chain["extrinsics"]!.AsArray()[0] = null;
        await File.WriteAllTextAsync(FilePath, saved.ToJsonString(), Cancellation);

        await Assert.ThrowsAsync<InvalidDataException>(() => DevChain.StartAsync(new DevChainOptions { MaxAllowedUids = 3, From = DevNetState.Read(FilePath) }, Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"version":2,"chain":{"genesis":"","hash":"","specVersion":1,"parent":"","extrinsics":[],"logs":[],"storage":{}},"registry":{"runs":[],"deletedNames":[],"sequence":0}}""")]
    [InlineData("""{"version":1,"chain":null,"registry":{"runs":[],"deletedNames":[],"sequence":0}}""")]
    [InlineData("""{"version":1,"chain":{"genesis":"","hash":"","specVersion":1,"parent":"","extrinsics":[],"logs":[],"storage":{}},"registry":{"runs":[null],"deletedNames":[],"sequence":0}}""")]
    [InlineData("""{"version":1,"chain":{"genesis":"","hash":"","specVersion":1,"parent":"","extrinsics":[],"logs":[],"storage":{}},"registry":{"runs":[],"deletedNames":[null],"sequence":0}}""")]
    public void Read_OfSomethingElse_IsRefused(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);

        Assert.Throws<InvalidDataException>(() => DevNetState.Read(FilePath));
    }

    [Fact]
    public void Read_OfNothing_IsNull() => Assert.Null(DevNetState.Read(FilePath));

    /// <summary>A network with a miner that registered and serves, a run, and one that was deleted.</summary>
    async Task<(BlockHash Genesis, uint Number, ulong Balance, Uid? Uid)> WriteAsync()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(50), MaxAllowedUids = 3 }, Cancellation);
        await using var registry = await DevRegistry.StartAsync(new DevRegistryOptions(), Cancellation);
        await using var client = Client(chain);
        await client.BurnedRegisterAsync(Compute, _hotkey.Hotkey, _coldkey, Cancellation);
        await client.ServeAxonAsync(Compute, new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), _hotkey, Cancellation);
        registry.Put("devminer", "gone", "x", "{}");
        registry.Delete("gone");
        registry.Put("devminer", "mine", "label", "{\"a\":1}");
        var facts = (chain.GenesisHash, chain.BlockNumber, await client.GetBalanceAsync(_coldkey.Account, Cancellation), await client.GetUidAsync(Compute, _hotkey.Hotkey, Cancellation));
        DevNetState.Of(chain, registry).Write(FilePath);
        return facts;
    }

    static SubtensorClient Client(DevChain chain) =>
        new(new SubtensorOptions { Endpoints = [chain.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
}
