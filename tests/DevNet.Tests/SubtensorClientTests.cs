using System.Net;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests;

/// <summary>Our own client against the chain: two sides that share no code for what they encode.</summary>
public sealed class SubtensorClientTests : IAsyncLifetime
{
    static readonly Netuid Compute = new(27);

    readonly Keypair _hotkey = Keypair.FromUri("//Miner");
    readonly Keypair _coldkey = Keypair.FromUri("//Alice");
    readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));
    DevChain _chain = null!;
    SubtensorClient _client = null!;

    CancellationToken Patience => _patience.Token;

    public async ValueTask InitializeAsync()
    {
        _chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(50), MaxAllowedUids = 3 });
        _client = new SubtensorClient(new SubtensorOptions { Endpoints = [_chain.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _chain.DisposeAsync();
        _hotkey.Dispose();
        _coldkey.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public async Task Heads_OfTheChain_GoForward()
    {
        var seen = new List<BlockHeader>();
        await foreach (var head in _client.HeadsAsync(Patience))
        {
            seen.Add(head);
            if (seen.Count == 4)
                break;
        }

        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(pair.First.Number < pair.Second.Number && pair.First.Hash != pair.Second.Hash));
    }

    [Fact]
    public async Task Register_ThenServe_ShowsInTheMetagraph()
    {
        var before = await _client.GetBalanceAsync(_coldkey.Account, Patience);
        var burn = await _client.GetBurnAsync(Compute, Patience);
        Assert.Null(await _client.GetUidAsync(Compute, _hotkey.Hotkey, Patience));

        await _client.BurnedRegisterAsync(Compute, _hotkey.Hotkey, _coldkey, Patience);
        await _client.ServeAxonAsync(Compute, new ServeAxonCall(190, IPAddress.Parse("2001:db8::1"), 8091), _hotkey, Patience);
        await _client.ServePrometheusAsync(Compute, new ServePrometheusCall(190, IPAddress.Parse("203.0.113.10"), 9100), _hotkey, Patience);
        _chain.SetStake(Compute, _hotkey.Hotkey, 12_345_000_000_000);

        Assert.Equal(100_000_000ul, burn);
        Assert.InRange(before - await _client.GetBalanceAsync(_coldkey.Account, Patience), burn + 100_000, burn + 300_000);
        var metagraph = await _client.GetMetagraphAsync(Compute, Patience);
        Assert.True(metagraph.TryGetNeuron(_hotkey.Hotkey, out var neuron));
        Assert.Equal((_coldkey.Coldkey, 12_345.0, (ushort)0), (neuron.Coldkey, neuron.Stake, neuron.Uid.Value));
        var axon = await _client.GetAxonAsync(Compute, _hotkey.Hotkey, Patience);
        Assert.NotNull(axon);
        Assert.Equal((IPAddress.Parse("2001:db8::1"), (ushort)8091, 190u, (byte)6), (axon.Ip, axon.Port, axon.Version, axon.IpType));
        Assert.Equal(9100, (await _client.GetPrometheusAsync(Compute, [_hotkey.Hotkey], Patience))[_hotkey.Hotkey].Port);
    }

    [Fact]
    public async Task Metagraph_OfAFullSubnet_ReplacesTheOldestAndForgetsItsAxon()
    {
        var first = _hotkey.Hotkey;
        _chain.Change(changes =>
        {
            changes.SetServingRateLimit(Compute, 0);
            foreach (var uri in (string[])["//Miner", "//Two", "//Three"])
                changes.RegisterNeuron(Compute, Keypair.FromUri(uri).Hotkey, _coldkey.Coldkey);
        });
        await _client.ServeAxonAsync(Compute, new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), _hotkey, Patience);

        var uid = _chain.RegisterNeuron(Compute, Keypair.FromUri("//Four").Hotkey, _coldkey.Coldkey);

        Assert.Equal(new Uid(0), uid);
        Assert.Null(await _client.GetUidAsync(Compute, first, Patience));
        Assert.Null(await _client.GetAxonAsync(Compute, first, Patience));
        Assert.Equal(0ul, await _client.GetServingRateLimitAsync(Compute, Patience));
        Assert.Equal(3, (await _client.GetMetagraphAsync(Compute, Patience)).Neurons.Length);
    }

    [Fact]
    public async Task ServeAxon_Refused_NamesTheRule()
    {
        var call = new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091);
        var stranger = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => _client.ServeAxonAsync(Compute, call, _hotkey, Patience));
        _chain.RegisterNeuron(Compute, _hotkey.Hotkey, _coldkey.Coldkey);
        var loopback = await Assert.ThrowsAsync<ExtrinsicFailedException>(
            () => _client.ServeAxonAsync(Compute, call with { Ip = IPAddress.Loopback }, _hotkey, Patience));
        await _client.ServeAxonAsync(Compute, call, _hotkey, Patience);
        var tooSoon = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => _client.ServeAxonAsync(Compute, call, _hotkey, Patience));

        Assert.Equal("HotKeyNotRegisteredInNetwork", stranger.ErrorName);
        Assert.Equal("InvalidIpAddress", loopback.ErrorName);
        Assert.Equal(("ServingRateLimitExceeded", ExtrinsicStage.Pool), (tooSoon.ErrorName, tooSoon.Stage));
    }

    [Theory]
    [InlineData(0, "RegistrationNotPermittedOnRootSubnet")]
    [InlineData(99, "SubnetNotExists")]
    [InlineData(1, "SubNetRegistrationDisabled")]
    [InlineData(27, "HotKeyAlreadyRegisteredInSubNet")]
    public async Task BurnedRegister_Refused_NamesTheDispatchError(int netuid, string error)
    {
        _chain.Change(changes =>
        {
            changes.RegisterNeuron(Compute, _hotkey.Hotkey, _coldkey.Coldkey);
            changes.SetRegistrationAllowed(new(1), allowed: false);
        });

        var failed = await Assert.ThrowsAsync<ExtrinsicFailedException>(
            () => _client.BurnedRegisterAsync(new((ushort)netuid), _hotkey.Hotkey, _coldkey, Patience));

        Assert.Equal(("SubtensorModule", error, ExtrinsicStage.Dispatch), (failed.Pallet, failed.ErrorName, failed.Stage));
        Assert.NotEmpty(failed.Docs);
    }

    [Fact]
    public async Task BurnedRegister_OfAnothersHotkeyOrWithoutFunds_IsRefused()
    {
        _chain.RegisterNeuron(Compute, _hotkey.Hotkey, new Coldkey(DevAccounts.Bob));
        using var poor = Keypair.FromUri("//Poor");
        _chain.Fund(poor.Account, 50_000_000);

        var foreign = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => _client.BurnedRegisterAsync(new(1), _hotkey.Hotkey, _coldkey, Patience));
        var broke = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => _client.BurnedRegisterAsync(new(1), poor.Hotkey, poor, Patience));

        Assert.Equal("NonAssociatedColdKey", foreign.ErrorName);
        Assert.Equal("NotEnoughBalanceToStake", broke.ErrorName);
    }
}
