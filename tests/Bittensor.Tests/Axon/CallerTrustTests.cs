using System.Net;
using System.Security.Cryptography;
using Bittensor.Axon;
using Bittensor.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Axon;

public class CallerTrustTests
{
    static readonly Hotkey Validator = TestAxon.Validator.Hotkey;
    static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");

    readonly FakeTimeProvider _time = new();
    readonly CallerTrust _trust;

    public CallerTrustTests() => _trust = new CallerTrust(
        new AxonOptions { UnprovenBurst = 3, UnprovenRate = 1, ClaimBurst = 10, ClaimRate = 2, ProvedBurst = 5, ProvedRate = 1 }, _time);

    [Fact]
    public void Allows_AddressFailsTooOften_NoSignatureOfItIsCheckedUntilTimePasses()
    {
        Fail(Home, 3);

        Assert.False(_trust.Allows(Home, Validator));
        Assert.False(_trust.AllowsPing(Home));
        Assert.True(_trust.Allows(IPAddress.Parse("192.0.2.2"), Validator));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_trust.Allows(Home, Validator));
    }

    [Fact]
    public void Allows_ManyAddressesFailUnderOneName_OnlyWhereItWasProvedItStillCounts()
    {
        _trust.Proved(Home, Validator);
        for (var i = 0; i < 10; i++)
            _trust.Failed(Address(i), Validator);

        Assert.False(_trust.Allows(Address(1000), Validator));
        Assert.True(_trust.Allows(Address(1000), TestAxon.Other.Hotkey));
        Assert.True(_trust.Allows(Home, Validator));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_trust.Allows(Address(1000), Validator));
    }

    /// <summary>A provider hands out a /48: 65,536 networks, more than any table of addresses holds.</summary>
    [Fact]
    public void Allows_PingsAndClaimsFromEveryNetworkThereIs_AllTogetherHaveOneBudgetAndTheProvedCallerHisOwn()
    {
        var trust = new CallerTrust(new AxonOptions { TotalBurst = 100, TotalRate = 10 }, _time);
        trust.Proved(Home, Validator);
        var (pings, claims) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var address = Network(i);
            if (i % 2 == 0 && trust.AllowsPing(address))
            {
                trust.Pinged(address);
                pings++;
            }
            else if (i % 2 == 1 && trust.Allows(address, TestAxon.Key((byte)(1 + (i % 200))).Hotkey))
            {
                trust.Failed(address, TestAxon.Key((byte)(1 + (i % 200))).Hotkey);
                claims++;
            }
        }

        Assert.Equal((50, 50), (pings, claims));
        Assert.False(trust.AllowsPing(Address(1)));
        Assert.True(trust.Allows(Home, Validator));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(trust.AllowsPing(Address(1)));
    }

    static IPAddress Network(int i) => new([0x20, 0x01, 0x0d, 0xb8, 0, 0, (byte)(i >> 8), (byte)i, 0, 0, 0, 0, 0, 0, 0, 1]);

    [Fact]
    public void Allows_JunkFromTheProvedAddress_LeavesTheProvedCallerHisOwnBudget()
    {
        _trust.Proved(Home, Validator);
        for (var i = 0; i < 100; i++)
            _trust.Failed(Home, TestAxon.Other.Hotkey);

        Assert.False(_trust.Allows(Home, TestAxon.Other.Hotkey));
        Assert.True(_trust.Allows(Home, Validator));
        // Under his own name too: five more are his budget, and then nothing from there is checked.
        Fail(Home, 5);
        Assert.False(_trust.Allows(Home, Validator));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_trust.Allows(Home, Validator));
    }

    [Fact]
    public void Allows_ProofIsOld_CountsNoMore()
    {
        _trust.Proved(Home, Validator);
        _time.Advance(TimeSpan.FromHours(1));
        Fail(Home, 3);

        Assert.False(_trust.Allows(Home, Validator));
    }

    [Fact]
    public void Tables_HundredThousandAddressesAndHotkeys_StayBounded()
    {
        var buckets = new TokenBuckets<(IPAddress, Hotkey)>(3, 1, 4096, _time);
        var callers = new ProvedCallers(4096, TimeSpan.FromHours(1), _time);
        for (var i = 0; i < 100_000; i++)
        {
            var (address, hotkey) = (Address(i), new Hotkey(new AccountId(RandomNumberGenerator.GetBytes(32))));
            buckets.Take((address, hotkey));
            callers.Add(address, hotkey);
        }

        Assert.Equal((4096, 4096), (buckets.Count, callers.Count));
        Assert.True(callers.Contains(Address(99_999), default) is false);
    }

    [Fact]
    public void NonceWindow_HundredThousandHotkeysAndUuids_StaysBounded()
    {
        var window = new NonceWindow();
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(window.TryAdvance(new Hotkey(new AccountId(RandomNumberGenerator.GetBytes(32))), $"uuid {i}", i));
            Assert.True(window.TryAdvance(Validator, $"uuid {i}", i));
        }

        Assert.InRange(window.Count, 1024, 1024 + 64);
    }

    void Fail(IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
            _trust.Failed(address, Validator);
    }

    static IPAddress Address(int i) => new([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
}
