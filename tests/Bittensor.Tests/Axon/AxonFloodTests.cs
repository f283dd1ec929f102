using System.Net.Sockets;
using Bittensor.Axon;

namespace Bittensor.Tests.Axon;

/// <summary>A validator among those who hold connections, forge his name or share his address.</summary>
public class AxonFloodTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.9")]
    public async Task Connect_SilentConnectionsFillTheServer_TheOldestMakesRoomAndTheProvedOneStays(string from)
    {
        await using var axon = await TestAxon.StartAsync(options => (options.MaxConnections, options.MaxAddressConnections) = (4, 3));
        using var validator = await axon.ConnectAsync();
        await validator.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await validator.ReceiveAsync()).Status);

        List<RawConnection> silent = [];
        for (var i = 0; i < 20; i++)
        {
            silent.Add(await axon.ConnectAsync(from));
            await silent[i].SendAsync("POST /Allocate HTTP/1.1\r\n");
        }
        // The server takes them up in no order of their own: one that is late could make the next caller the oldest.
        var closed = silent.Select(connection => connection.IsClosedAsync()).ToList();
        await Condition.UntilAsync(() => closed.Count(task => task.IsCompletedSuccessfully && task.Result) >= silent.Count - 3);

        await validator.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await validator.ReceiveAsync()).Status);
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        Assert.InRange(axon.Connections, 1, 4);
        silent.ForEach(connection => connection.Dispose());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Connect_AddressBeyondItsShare_TheOldestStaysOnlyWhereSomebodyWasProved(bool proved, bool closed)
    {
        await using var axon = await TestAxon.StartAsync(options => options.MaxAddressConnections = 2);
        if (proved)
            Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        await Condition.UntilAsync(() => axon.Connections == 0);
        using var oldest = await axon.ConnectAsync();
        using var second = await axon.ConnectAsync();
        using var third = await axon.ConnectAsync();
        await Condition.UntilAsync(() => axon.Connections == (closed ? 2 : 3));

        if (closed)
        {
            Assert.True(await oldest.IsClosedAsync());
            return;
        }
        await oldest.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await oldest.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task Connect_CrowdOfStrangers_AnAddressWithoutProofGetsAFewMoreAndAProvedOneAll()
    {
        await using var axon = await TestAxon.StartAsync(options =>
            (options.MaxConnections, options.MaxAddressConnections, options.NewcomerBurst, options.NewcomerRate) = (8, 3, 5, 1));
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        await Condition.UntilAsync(() => axon.Connections == 0);
        List<RawConnection> crowd = [];
        for (var i = 1; i <= 3; i++)
            crowd.Add(await axon.ConnectAsync($"127.0.2.{i}"));
        await Condition.UntilAsync(() => axon.Connections == 3);

        List<bool> strangers = [];
        for (var i = 0; i < 10; i++)
            strangers.Add(await IsServedAsync(axon, "127.0.3.1"));
        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        axon.Time.Advance(TimeSpan.FromSeconds(1));
        strangers.Add(await IsServedAsync(axon, "127.0.3.1"));
        strangers.Add(await IsServedAsync(axon, "127.0.3.1"));

        Assert.Equal([.. Enumerable.Repeat(true, 5), .. Enumerable.Repeat(false, 5), true, false], strangers);
        crowd.ForEach(connection => connection.Dispose());
        await Condition.UntilAsync(() => axon.Connections == 0);
        Assert.True(await IsServedAsync(axon, "127.0.3.1"));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Invoke_RefusedWhileOthersHoldConnections_LeavesWhereItIsCrowded(int others, bool stays)
    {
        await using var axon = await TestAxon.StartAsync(options => options.MaxConnections = 12);
        List<RawConnection> crowd = [];
        for (var i = 1; i <= others; i++)
            crowd.Add(await axon.ConnectAsync($"127.0.2.{i}"));
        await Condition.UntilAsync(() => axon.Connections == others);
        using var stranger = await axon.ConnectAsync("127.0.3.1");

        await stranger.SendAsync(Forged(axon));
        var answer = await stranger.ReceiveAsync();

        Assert.Equal((401, !stays), (answer.Status, answer.Headers.Any(header => header.Key == "Connection" && header.Value == "close")));
        Assert.True(stays || await stranger.IsClosedAsync());
        crowd.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Invoke_ForgeriesFromTheValidatorsAddressUnderHisName_HeIsStillServed()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.UnprovenBurst, options.UnprovenRate) = (5, 0.001));
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);

        for (var i = 0; i < 50; i++)
            Assert.Equal(401, (await axon.ExchangeAsync(Forged(axon))).Status);

        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        // Where nobody was proved, five failures are all that is looked at.
        for (var i = 0; i < 10; i++)
            Assert.Equal(i < 5 ? 401 : 429, (await axon.ExchangeAsync(Forged(axon), "127.0.0.3")).Status);
    }

    [Fact]
    public async Task Invoke_ForgeriesUnderHisNameFromEverywhere_HeIsStillServedWhereHeWasProved()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.ClaimBurst, options.ClaimRate) = (20, 0.001));
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);

        List<int> answers = [];
        for (var i = 0; i < 40; i++)
            answers.Add((await axon.ExchangeAsync(Forged(axon), $"127.0.1.{i + 1}")).Status);

        Assert.Equal(Enumerable.Repeat(401, 20).Concat(Enumerable.Repeat(429, 20)), answers);
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
        Assert.Equal(20, axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.Throttled));
    }

    /// <summary>False when the connection is ended instead. The end may come as a reset, and before the connecting call is back.</summary>
    static async Task<bool> IsServedAsync(TestAxon axon, string from)
    {
        try
        {
            return (await axon.ExchangeAsync(Forged(axon), from)).Status == 401;
        }
        catch (Exception end) when (end is IOException or SocketException)
        {
            return false;
        }
    }

    static string Forged(TestAxon axon) => axon.AllocateText(request => request.Set("bt_header_dendrite_signature", "0x" + new string('8', 128)));
}
