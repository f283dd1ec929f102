using System.Net;
using Bittensor.Subtensor;

namespace Bittensor.Tests.Subtensor;

public class AxonInfoTests
{
    [Theory]
    [InlineData("203.0.113.10", "3405803786", 4)]
    [InlineData("2001:db8::1", "42540766411282592856903984951653826561", 6)]
    [InlineData("0.0.0.0", "0", 4)]
    public void ToNumber_Address_IsItsNetworkOrderNumber(string text, string number, byte type)
    {
        var address = IPAddress.Parse(text);

        Assert.Equal(UInt128.Parse(number), ChainIpAddress.ToNumber(address));
        Assert.Equal(address, ChainIpAddress.FromNumber(UInt128.Parse(number)));
        Assert.Equal(type, ChainIpAddress.TypeOf(address));
    }

    [Fact]
    public void ToNumber_MappedAddress_IsTheIPv4One()
    {
        var mapped = IPAddress.Parse("::ffff:203.0.113.10");

        Assert.Equal(3405803786, ChainIpAddress.ToNumber(mapped));
        Assert.Equal(4, ChainIpAddress.TypeOf(mapped));
    }

    [Fact]
    public void Matches_SameEverything_IsTrueWhateverTheBlock()
    {
        var call = new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091);
        var axon = new AxonInfo(7654000, 190, IPAddress.Parse("203.0.113.10"), 8091, 4, 4, 0, 0);

        Assert.True(call.Matches(axon));
        Assert.False(call.Matches(null));
        Assert.False(call.Matches(axon with { Version = 180 }));
        Assert.False(call.Matches(axon with { Port = 8092 }));
        Assert.False(call.Matches(axon with { Ip = IPAddress.Loopback }));
        Assert.False(call.Matches(axon with { Protocol = 0 }));
        Assert.True(axon.IsServing);
        Assert.False(AxonInfo.None.IsServing);
    }
}
