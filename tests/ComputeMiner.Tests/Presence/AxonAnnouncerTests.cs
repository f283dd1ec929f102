using System.Net;
using Bittensor.Substrate;
using ComputeMiner.Presence;
using DevNet;

namespace ComputeMiner.Tests.Presence;

/// <summary>Our entry on a real (development) chain, written by signed extrinsics.</summary>
public sealed class AxonAnnouncerTests
{
    const ulong Limit = 50;

    [Theory]
    [InlineData("203.0.113.10", 4, "203.0.113.10:8091")]
    [InlineData("2001:db8::10", 6, "[2001:db8::10]:8091")]
    public async Task OnHead_NothingServedYet_ServesOnceAndNotAgainWhileEqual(string ip, byte type, string said)
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.Want(ChainAndMiner.Wish(ip));

        await miner.LookAsync();

        var axon = await miner.ReadAxonAsync();
        Assert.Equal((IPAddress.Parse(ip), type, 190u, (ushort)8091, (byte)4), (axon!.Ip, axon.IpType, axon.Version, axon.Port, axon.Protocol));
        Assert.Equal((AxonStage.Published, axon), (miner.Presence.Stage, miner.Presence.Published));
        Assert.Equal($"{said} since block {axon.Block}", miner.Presence.Detail);

        for (var look = 0; look < 3; look++)
        {
            await miner.ProduceToAsync(miner.Presence.NextBlock);
            await miner.LookAsync();
        }
        Assert.Equal(axon, await miner.ReadAxonAsync());
        Assert.Equal(1, miner.Logs.Count(4110));
        Assert.Equal(AxonAnnouncer.StatusInterval, miner.Presence.NextBlock - miner.Presence.CheckedBlock);
    }

    [Theory]
    [InlineData("198.51.100.1", 8091, 190)]
    [InlineData("2001:db8::1", 8091, 190)]
    [InlineData("203.0.113.10", 8092, 190)]
    [InlineData("203.0.113.10", 8091, 200)]
    public async Task OnHead_WishChanged_ServesAtTheNextStatusCheckAndNotBefore(string ip, ushort port, uint version)
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        await miner.LookAsync();
        var before = await miner.ReadAxonAsync();
        miner.Want(ChainAndMiner.Wish(ip, port, version));

        await miner.ProduceToAsync(miner.Presence.NextBlock - 1);
        await miner.LookAsync();
        Assert.Equal(before, await miner.ReadAxonAsync());

        await miner.ProduceToAsync(miner.Presence.NextBlock);
        await miner.LookAsync();
        var axon = await miner.ReadAxonAsync();
        Assert.Equal((IPAddress.Parse(ip), port, version), (axon!.Ip, axon.Port, axon.Version));
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
    }

    [Fact]
    public async Task OnHead_RateLimited_WaitsExactlyTheBlocksItNeeds()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        await miner.MakingBlocksAsync(
            miner.Client.ServeAxonAsync(ChainAndMiner.Netuid, ChainAndMiner.Wish(port: 9000), miner.Hotkey, miner.Patience));
        var served = (await miner.ReadAxonAsync())!.Block;

        await miner.LookNowAsync();
        Assert.Equal((AxonStage.Waiting, served + Limit - 1), (miner.Presence.Stage, miner.Presence.NextBlock));
        Assert.Contains($"at block {served + Limit}", miner.Presence.Detail, StringComparison.Ordinal);

        // One block earlier the chain itself refuses.
        await miner.ProduceToAsync(served + Limit - 2);
        var refusal = await Assert.ThrowsAsync<ExtrinsicFailedException>(
            () => miner.Client.ServeAxonAsync(ChainAndMiner.Netuid, ChainAndMiner.Wish(), miner.Hotkey, miner.Patience));
        Assert.Equal(ServeRefusal.RateLimit, refusal.ErrorName);
        await miner.LookNowAsync();
        Assert.Equal(AxonStage.Waiting, miner.Presence.Stage);

        await miner.ProduceToAsync(served + Limit - 1);
        var look = miner.LookNowAsync();
        await miner.MakingBlocksAsync(look);
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
        Assert.Equal(8091, (await miner.ReadAxonAsync())!.Port);
    }

    [Fact]
    public async Task OnHead_RefusedForTheRateAgainstExpectation_ReadsTheBlockAndWaits()
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevChainOptions { ServingRateLimit = 0 });
        miner.Register();
        await miner.LookAsync();
        var first = (await miner.ReadAxonAsync())!.Block;
        await miner.ProduceToAsync(miner.Presence.NextBlock);
        // Between the announcer's look at the limit and its call another program serves and the limit appears.
        miner.WishAsync = async () =>
        {
            await miner.MakingBlocksAsync(
                miner.Client.ServeAxonAsync(ChainAndMiner.Netuid, ChainAndMiner.Wish(port: 9000), miner.Hotkey, miner.Patience));
            miner.Chain.Change(changes => changes.SetServingRateLimit(ChainAndMiner.Netuid, 30));
            return ChainAndMiner.Wish(port: 9001);
        };

        await miner.LookAsync();

        var axon = await miner.ReadAxonAsync();
        Assert.True(axon!.Block > first);
        Assert.Equal((AxonStage.Waiting, axon.Block + 30 - 1), (miner.Presence.Stage, miner.Presence.NextBlock));
    }

    [Fact]
    public async Task OnHead_LongLimitIsLoweredMeanwhile_ServesByTheNewOne()
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevChainOptions { ServingRateLimit = 7200 });
        miner.Register();
        await miner.LookAsync();
        miner.Want(ChainAndMiner.Wish(port: 9001));
        await miner.ProduceToAsync(miner.Presence.NextBlock);
        await miner.LookNowAsync();
        Assert.Equal(AxonStage.Waiting, miner.Presence.Stage);

        miner.Chain.Change(changes => changes.SetServingRateLimit(ChainAndMiner.Netuid, 50));
        await miner.ProduceToAsync(miner.Presence.CheckedBlock + AxonAnnouncer.StatusInterval);
        await miner.LookAsync();

        Assert.Equal((AxonStage.Published, (ushort)9001), (miner.Presence.Stage, (await miner.ReadAxonAsync())!.Port));
    }

    [Fact]
    public async Task OnHead_NodeNamedABlockFarAheadOnce_GoesOnWithTheRealOnes()
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevChainOptions { ServingRateLimit = 0 });
        miner.Register();
        await miner.LookAsync();
        await miner.Announcer.OnHeadAsync(uint.MaxValue, miner.Patience);
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);

        miner.Want(ChainAndMiner.Wish(port: 9001));
        await miner.LookAsync();

        Assert.Equal((AxonStage.Published, (ushort)9001), (miner.Presence.Stage, (await miner.ReadAxonAsync())!.Port));
    }

    [Fact]
    public async Task OnHead_NotRegistered_SaysSoKeepsLookingAndServesAfterRegistration()
    {
        await using var miner = await ChainAndMiner.StartAsync();

        await miner.LookAsync();
        Assert.Equal(AxonStage.NotRegistered, miner.Presence.Stage);
        Assert.Contains(miner.Hotkey.Hotkey.ToString(), miner.Presence.Detail, StringComparison.Ordinal);
        Assert.Equal(ServeRefusal.OutsideInterval, miner.Presence.NextBlock - miner.Presence.CheckedBlock);
        await miner.ProduceToAsync(miner.Presence.NextBlock);
        await miner.LookAsync();
        Assert.Equal(1, miner.Logs.Count(4111));

        // The metagraph shows the registration long before the next look would.
        miner.Register();
        await miner.Refresher.RefreshAsync(miner.Patience);
        await miner.LookAsync();
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
        Assert.NotNull(await miner.ReadAxonAsync());
    }

    [Fact]
    public async Task OnHead_PlaceLostAndTakenBack_IsSaidAtTheNextHeadAndServedAgain()
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevChainOptions { MaxAllowedUids = 1 });
        Assert.False(miner.Registration.Holds);
        miner.Register();
        await miner.Refresher.RefreshAsync(miner.Patience);
        Assert.True(miner.Registration.Holds);
        await miner.LookAsync();

        miner.Replace("//Other");
        await miner.Refresher.RefreshAsync(miner.Patience);
        await miner.LookAsync();
        Assert.False(miner.Registration.Holds);
        Assert.Equal(AxonStage.NotRegistered, miner.Presence.Stage);
        Assert.Contains(miner.Logs.Lines, line => line.Id == 4111 && line.Text.Contains("a running one goes on", StringComparison.Ordinal));

        miner.Register();
        await miner.Refresher.RefreshAsync(miner.Patience);
        await miner.LookAsync();
        Assert.True(miner.Registration.Holds);
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
        Assert.True((await miner.ReadAxonAsync())!.IsServing);
    }

    [Fact]
    public async Task OnHead_AnotherProgramOverwroteTheEntry_TheMetagraphShowsItAndItIsMended()
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevChainOptions { ServingRateLimit = 0 });
        miner.Register();
        await miner.LookAsync();
        await miner.MakingBlocksAsync(
            miner.Client.ServeAxonAsync(ChainAndMiner.Netuid, ChainAndMiner.Wish("198.51.100.66"), miner.Hotkey, miner.Patience));

        await miner.Refresher.RefreshAsync(miner.Patience);
        await miner.LookAsync();

        Assert.Equal(IPAddress.Parse("203.0.113.10"), (await miner.ReadAxonAsync())!.Ip);
    }

    [Fact]
    public async Task OnHead_NoAddressFound_KeepsTryingWithGrowingPausesAndSaysItOnce()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.WishAsync = () => throw new ExternalAddressException("no address");

        var pauses = new List<ulong>();
        for (var look = 0; look < 6; look++)
        {
            await miner.LookAsync();
            Assert.Equal(AxonStage.Failing, miner.Presence.Stage);
            pauses.Add(miner.Presence.NextBlock - miner.Presence.CheckedBlock);
            await miner.ProduceToAsync(miner.Presence.NextBlock);
        }
        Assert.Equal([1, 2, 4, 8, 16, ServeRefusal.OutsideInterval], pauses);
        Assert.Equal(1, miner.Logs.Count(4111));

        miner.Want(ChainAndMiner.Wish());
        await miner.LookAsync();
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
    }

    [Fact]
    public async Task OnHead_AddressTheChainRefuses_NamesTheFlag()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.Want(ChainAndMiner.Wish("127.0.0.1"));

        await miner.LookAsync();

        Assert.Equal(AxonStage.Failing, miner.Presence.Stage);
        Assert.Contains("InvalidIpAddress", miner.Presence.Detail, StringComparison.Ordinal);
        Assert.Contains("--axon.external_ip", miner.Presence.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1010, "Transaction is outdated")]
    [InlineData(1010, "Transaction has an ancient birth block")]
    [InlineData(1010, "Transaction has a bad signature")]
    public async Task OnHead_PoolSaysOutdated_IsSignedAnewAtOnce(int code, string data)
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.Chain.Faults.RefuseNext(code, "Invalid Transaction", data);

        await miner.LookAsync();

        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
    }

    [Theory]
    [InlineData(1014, "TooLowPriority")]
    [InlineData(1012, "TemporarilyBanned")]
    [InlineData(1016, "ImmediatelyDropped")]
    public async Task OnHead_PoolRefusesForNow_TriesAgainAtTheNextBlock(int code, string name)
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.Chain.Faults.RefuseNext(code, "no");

        await miner.LookAsync();
        Assert.Equal((AxonStage.Waiting, 1ul), (miner.Presence.Stage, miner.Presence.NextBlock - miner.Presence.CheckedBlock));
        Assert.Contains(name, miner.Presence.Detail, StringComparison.Ordinal);

        await miner.ProduceToAsync(Math.Max(miner.Chain.BlockNumber, miner.Presence.NextBlock));
        await miner.LookAsync();
        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
    }

    [Fact]
    public async Task OnHead_RuntimeCodeForNotRegistered_IsNoFault()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        miner.Chain.Faults.RefuseNext(custom: 10);

        await miner.LookAsync();

        Assert.Equal(
            (AxonStage.NotRegistered, ServeRefusal.OutsideInterval), (miner.Presence.Stage, miner.Presence.NextBlock - miner.Presence.CheckedBlock));
    }

    [Fact]
    public async Task OnHead_ConnectionCutBeforeTheLook_IsServedOverTheNextOne()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        miner.Register();
        await miner.Refresher.RefreshAsync(miner.Patience);
        miner.Chain.Faults.CloseConnections();

        await miner.LookAsync();

        Assert.Equal(AxonStage.Published, miner.Presence.Stage);
    }
}
