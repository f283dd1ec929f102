using System.Net;
using ComputeMiner.Presence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Presence;

public sealed class ExternalAddressTests : IDisposable
{
    readonly HttpClient _http = ExternalAddress.CreateHttpClient();
    readonly FakeTimeProvider _time = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7\n", "198.51.100.7 ", "203.0.113.1")]
    [InlineData("198.51.100.7", "500", "203.0.113.1", "198.51.100.7", "198.51.100.7")]
    [InlineData("198.51.100.7", "2001:db8::7", "2001:db8::7", "198.51.100.7", "198.51.100.7")]
    [InlineData("2001:db8::7", "2001:db8::7", "2001:DB8:0:0:0:0:0:7", "198.51.100.7")]
    public async Task DiscoverAsync_TwoAgree_TheirAddressAndIPv4BeforeIPv6(string expected, params string[] answers)
    {
        await using var services = await AddressServices.StartAsync(answers);

        Assert.Equal(IPAddress.Parse(expected), await Discovery(services).DiscoverAsync(Cancellation));
    }

    [Fact]
    public async Task DiscoverAsync_TwoAgreeAndOthersAreSilent_DoesNotWait()
    {
        await using var services = await AddressServices.StartAsync(AddressServices.Silence, "198.51.100.7", AddressServices.Silence, "198.51.100.7");

        Assert.Equal(IPAddress.Parse("198.51.100.7"), await Discovery(services).DiscoverAsync(Cancellation));
    }

    [Theory]
    [InlineData("198.51.100.7", "203.0.113.1")]
    [InlineData("198.51.100.7", "500", "302")]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("192.168.1.1", "192.168.1.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:198.51.100.7", "::ffff:198.51.100.7")]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("0xC6336407", "0xC6336407")]
    [InlineData("198.51.7", "198.51.7")]
    [InlineData("<html>198.51.100.7</html>", "<html>198.51.100.7</html>")]
    [InlineData("", "")]
    [InlineData("198.51.100.7                                                              ", "198.51.100.7                                                              ")]
    public async Task DiscoverAsync_NoAgreementOnAUsableAddress_SaysWhatEachSaid(params string[] answers)
    {
        await using var services = await AddressServices.StartAsync(answers);

        var fault = await Assert.ThrowsAsync<ExternalAddressException>(() => Discovery(services).DiscoverAsync(Cancellation));

        Assert.Contains("--axon.external_ip", fault.Message, StringComparison.Ordinal);
        Assert.Equal(answers.Length, fault.Message.Split("127.0.0.1: ").Length - 1);
    }

    [Fact]
    public async Task DiscoverAsync_AllSilent_EndsWhenPatienceDoes()
    {
        await using var services = await AddressServices.StartAsync(AddressServices.Silence, AddressServices.Silence);

        var discovery = Discovery(services).DiscoverAsync(Cancellation);
        _time.Advance(ExternalAddress.Patience);

        var fault = await Assert.ThrowsAsync<ExternalAddressException>(() => discovery);
        Assert.Contains("no answer in time", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiscoverAsync_NobodyThere_IsSaid()
    {
        var discovery = new ExternalAddress(_http, [new("http://127.0.0.1:9/"), new("http://127.0.0.1:9/")], _time);

        var fault = await Assert.ThrowsAsync<ExternalAddressException>(() => discovery.DiscoverAsync(Cancellation));
        Assert.Contains("unreachable", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiscoverAsync_Cancelled_IsNoFault()
    {
        await using var services = await AddressServices.StartAsync(AddressServices.Silence);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var discovery = Discovery(services).DiscoverAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => discovery);
    }

    [Fact]
    public async Task WishAsync_ServicesAwayAfterASuccess_TheAddressStandsUntilANewOneIsAgreedOn()
    {
        await using var services = await AddressServices.StartAsync("198.51.100.7", "198.51.100.7");
        var published = new PublishedAxon(new AxonSettings { Port = 8095 }, 190, Discovery(services), NullLogger<PublishedAxon>.Instance);

        Assert.Equal(("198.51.100.7", 8095), await WishAsync());
        (services.Answers[0], services.Answers[1]) = ("503", "503");
        Assert.Equal(("198.51.100.7", 8095), await WishAsync());
        (services.Answers[0], services.Answers[1]) = ("198.51.100.8", "198.51.100.8");
        Assert.Equal(("198.51.100.8", 8095), await WishAsync());

        async Task<(string, int)> WishAsync()
        {
            var wish = await published.WishAsync(Cancellation);
            return (wish.Ip.ToString(), wish.Port);
        }
    }

    [Fact]
    public async Task WishAsync_EverythingConfigured_AsksNobody()
    {
        var settings = new AxonSettings { Port = 8095, ExternalPort = 18095, ExternalIp = IPAddress.Parse("2001:db8::9") };
        var published = new PublishedAxon(settings, 190, new ExternalAddress(_http, [], _time), NullLogger<PublishedAxon>.Instance);

        var wish = await published.WishAsync(Cancellation);

        Assert.Equal((190u, settings.ExternalIp, (ushort)18095, (byte)6, (byte)4), (wish.Version, wish.Ip, wish.Port, wish.IpType, wish.Protocol));
    }

    [Theory]
    [InlineData("2001:db8::9", null)]
    [InlineData(null, "2001:db8::9")]
    public async Task WishAsync_IPv6FlagOrDiscovery_IsServedAndReadBackAndWarnsOnce(string? flag, string? discovered)
    {
        await using var miner = await ChainAndMiner.StartAsync(new DevNet.DevChainOptions { ServingRateLimit = 0 });
        await using var services = await AddressServices.StartAsync(discovered ?? "500", discovered ?? "500");
        var settings = new AxonSettings { ExternalIp = flag is null ? null : IPAddress.Parse(flag) };
        var published = new PublishedAxon(settings, 190, Discovery(services), miner.Logs.CreateLogger<PublishedAxon>());
        miner.WishAsync = () => published.WishAsync(miner.Patience);
        miner.Register();

        for (var look = 0; look < 2; look++)
        {
            await miner.LookAsync();
            await miner.ProduceToAsync(miner.Presence.NextBlock);
        }

        var axon = await miner.ReadAxonAsync();
        Assert.Equal((IPAddress.Parse("2001:db8::9"), (byte)6, true), (axon!.Ip, axon.IpType, axon.IsServing));
        await miner.Refresher.RefreshAsync(miner.Patience);
        Assert.Equal(axon, miner.Metagraphs.Current!.Neurons[0].Axon);
        Assert.Equal(1, miner.Logs.Count(4200));
    }

    [Fact]
    public async Task WishAsync_FlagIsIPv4MappedIntoIPv6_IsServedAsIPv4()
    {
        await using var miner = await ChainAndMiner.StartAsync();
        var settings = new AxonSettings { ExternalIp = IPAddress.Parse("::ffff:203.0.113.9") };
        var published = new PublishedAxon(settings, 190, new ExternalAddress(_http, [], _time), miner.Logs.CreateLogger<PublishedAxon>());
        miner.WishAsync = () => published.WishAsync(miner.Patience);
        miner.Register();

        await miner.LookAsync();

        var axon = await miner.ReadAxonAsync();
        Assert.Equal((IPAddress.Parse("203.0.113.9"), (byte)4, AxonStage.Published), (axon!.Ip, axon.IpType, miner.Presence.Stage));
        Assert.Equal(0, miner.Logs.Count(4200));
    }

    ExternalAddress Discovery(AddressServices services) => new(_http, services.Addresses, _time);
}
