using System.Net;
using System.Net.Sockets;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Synapses;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Axon;

/// <summary>IPv4 and IPv6 callers of one axon, over real sockets; an axon without an address of its own listens on both.</summary>
public class AxonAddressTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Call_OverEitherFamily_ReachesTheHandlerWithTheCallersOwnAddress(string address)
    {
        await using var axon = await TestAxon.StartAsync(options => options.Address = null);
        using var dendrite = axon.Dendrite();

        var answer = await dendrite.CallAsync(
            axon.TargetAt(IPAddress.Parse(address)), new AllocateSynapse(), Patience, TestContext.Current.CancellationToken);

        Assert.Equal((200, true), (answer.StatusCode, answer.Synapse.Output?.Status));
        Assert.True(axon.Handled.TryDequeue(out var caller));
        Assert.Equal(IPAddress.Parse(address), caller.RemoteAddress);
        await Condition.UntilAsync(() => axon.Logs.Lines.Any(line => line.Text.StartsWith($"Allocate from {address}: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData(null, true)]
    public async Task Start_AddressGivenOrNot_ListensThereOnly(string? address, bool both)
    {
        await using var axon = await TestAxon.StartAsync(options => options.Address = address is null ? null : IPAddress.Parse(address));

        foreach (var loopback in (string[])["127.0.0.1", "::1"])
            Assert.Equal(both || loopback == address, await ConnectsAsync(axon, loopback));
        Assert.Contains(
            axon.Logs.Lines, line => line.Text == $"The axon listens at {axon.EndPoint}, {(both ? "IPv4 and IPv6" : address == "::1" ? "IPv6" : "IPv4")} ");
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Start_PortTakenOnEitherFamily_NamesThePort(string by)
    {
        var address = IPAddress.Parse(by);
        using var taken = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(address, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var fault = await Assert.ThrowsAsync<IOException>(() => TestAxon.StartAsync(options => (options.Address, options.Port) = (null, port)));

        Assert.Equal($"Failed to bind to address http://[::]:{port}: address already in use.", fault.Message);
    }

    [Fact]
    public async Task Connect_OneFamilyHasItsShare_TheOtherStillGetsIn()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.Address, options.MaxAddressConnections) = (null, 2));
        using var first = await axon.ConnectAsync("::1");
        using var second = await axon.ConnectAsync("::1");
        await Condition.UntilAsync(() => axon.Connections == 2);

        using var third = await axon.ConnectAsync("::1");
        Assert.True(await first.IsClosedAsync());
        Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
    }

    [Fact]
    public async Task Ping_OneFamilyIsThrottled_TheOtherIsNot()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.Address, options.UnprovenBurst) = (null, 1));
        using var dendrite = axon.Dendrite(TestAxon.Other);
        List<int> pings = [];
        foreach (var from in (string[])["::1", "::1", "127.0.0.1", "127.0.0.1"])
            pings.Add((await axon.ExchangeAsync(dendrite.Build(axon.Target, new PingSynapse(), Patience).ToWire(), from)).Status);

        Assert.Equal([200, 429, 200, 429], pings);
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("::1", "0.0.0.0", false)]
    public void Allows_TwoAddresses_ShareOneAllowanceWhereTheyAreOneCaller(string first, string second, bool same)
    {
        var trust = new CallerTrust(new AxonOptions { UnprovenBurst = 1 }, new FakeTimeProvider());

        trust.Failed(IPAddress.Parse(first), TestAxon.Validator.Hotkey);

        Assert.False(trust.Allows(IPAddress.Parse(first), TestAxon.Other.Hotkey));
        Assert.Equal(!same, trust.Allows(IPAddress.Parse(second), TestAxon.Validator.Hotkey));
    }

    static async Task<bool> ConnectsAsync(TestAxon axon, string to)
    {
        try
        {
            using var connection = await axon.ConnectAsync(to);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
