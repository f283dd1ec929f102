using System.Collections.Immutable;
using System.Net;
using Bittensor.Axon;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Admission;

public class AdmissionGateTests
{
    static readonly Hotkey Caller = Keypair.FromUri("//Caller").Hotkey;
    static readonly Coldkey Owner = Keypair.FromUri("//Owner").Coldkey;

    /// <summary>All combinations of the two deny lists, the two trust lists, registration, stake and the two switches.</summary>
    public static TheoryData<int> Combinations => [.. Enumerable.Range(0, 1 << 8)];

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Admit_EveryCombination_FollowsTheOrder(int bits)
    {
        bool Bit(int i) => (bits >> i & 1) == 1;
        var (denyHotkey, denyColdkey, trustHotkey, trustColdkey) = (Bit(0), Bit(1), Bit(2), Bit(3));
        var (registered, rich, lowStake, any) = (Bit(4), Bit(5), Bit(6), Bit(7));
        var settings = new AdmissionSettings
        {
            BlacklistHotkeys = denyHotkey ? [Caller] : [],
            BlacklistColdkeys = denyColdkey ? [Owner] : [],
            WhitelistHotkeys = trustHotkey ? [Caller] : [],
            WhitelistColdkeys = trustColdkey ? [Owner] : [],
            AcceptLowStake = lowStake,
            AnyRegistered = any,
        };
        var gate = Gate(settings, registered ? Graph(Caller, rich ? 10_000 : 9_999.99) : Graph(Keypair.FromUri("//Other").Hotkey, 1e6));

        // A coldkey is known through the metagraph only.
        var refusedBy =
            denyHotkey ? "blacklist.hotkeys"
            : denyColdkey && registered ? "blacklist.coldkeys"
            : trustHotkey || trustColdkey && registered ? null
            : !registered ? "registered"
            : rich || lowStake || any ? null
            : "stake";

        var verdict = gate.Admit(Call(Caller));

        Assert.Equal(refusedBy is null, verdict.IsAdmitted);
        Assert.Equal(refusedBy is null ? 200 : 403, verdict.StatusCode);
        Assert.Equal(refusedBy, gate.Refusals.Snapshot().SingleOrDefault()?.Rule);
    }

    [Fact]
    public void Admit_WithoutMetagraph_RefusesEvenTheTrusted()
    {
        var gate = Gate(new AdmissionSettings(), null);

        var verdict = gate.Admit(Call(KnownHotkeys.Trusted[0]));

        Assert.False(verdict.IsAdmitted);
        Assert.Contains("has not read the subnet yet", verdict.Message, StringComparison.Ordinal);
        Assert.Equal(AdmissionGate.NoMetagraphRule, Assert.Single(gate.Refusals.Snapshot()).Rule);
    }

    [Fact]
    public void Admit_BuiltInTrusted_AdmittedWithoutStake()
    {
        var gate = Gate(new AdmissionSettings(), Graph(KnownHotkeys.Trusted[3], 0));

        Assert.All(KnownHotkeys.Trusted, hotkey => Assert.True(gate.Admit(Call(hotkey)).IsAdmitted));
    }

    [Fact]
    public void Admit_Exploiter_RefusedWhateverItsStakeUnlessTheListIsOff()
    {
        var exploiter = KnownHotkeys.Exploiters[0];

        var verdict = Gate(new AdmissionSettings { WhitelistHotkeys = [exploiter] }, Graph(exploiter, 1e9)).Admit(Call(exploiter));

        Assert.Equal("Forbidden. Key is blacklisted: Blacklisted exploiter hotkey.", verdict.Message);
        Assert.True(Gate(new AdmissionSettings { BlacklistExploiters = false }, Graph(exploiter, 1e9)).Admit(Call(exploiter)).IsAdmitted);
    }

    [Fact]
    public void Admit_NoRuleDecides_Refuses() => Assert.False(Gate([], Graph(Caller, 1e9)).Admit(Call(Caller)).IsAdmitted);

    [Fact]
    public void Refusals_AfterSeveral_CountWithTheStakeSeenLast()
    {
        var gate = Gate(new AdmissionSettings(), Graph(Caller, 12.5));

        gate.Admit(Call(Caller));
        gate.Admit(Call(Caller));

        var count = Assert.Single(gate.Refusals.Snapshot());
        Assert.Equal(("stake", 2, Caller, 12.5), (count.Rule, count.Count, count.LastHotkey, count.LastStake));
    }

    [Fact]
    public void Priority_RegisteredAndUnknown_StakeAndZero()
    {
        var gate = Gate(new AdmissionSettings(), Graph(Caller, 12.5));

        Assert.Equal(12.5, gate.Priority(Call(Caller)));
        Assert.Equal(0, gate.Priority(Call(KnownHotkeys.Exploiters[0])));
    }

    [Fact]
    public void Lists_AsInTheReference_TwelveAndSixteenDistinct()
    {
        Assert.Equal(12, KnownHotkeys.Trusted.Distinct().Count());
        Assert.Equal(16, KnownHotkeys.Exploiters.Distinct().Count());
        Assert.Empty(KnownHotkeys.Trusted.Intersect(KnownHotkeys.Exploiters));
    }

    static AdmissionGate Gate(AdmissionSettings settings, Metagraph? graph) => Gate(AdmissionRules.From(settings), graph);

    static AdmissionGate Gate(ImmutableArray<IAdmissionRule> rules, Metagraph? graph) =>
        new(rules, new MetagraphSource { Current = graph }, new FakeTimeProvider(), NullLogger<AdmissionGate>.Instance);

    static Metagraph Graph(Hotkey hotkey, double stake) =>
        new(new Netuid(27), 1, DateTimeOffset.UnixEpoch, [new Neuron { Uid = new Uid(0), Hotkey = hotkey, Coldkey = Owner, Stake = stake }]);

    static AxonCaller Call(Hotkey hotkey) =>
        new(hotkey, "Allocate", IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(12), DateTimeOffset.UnixEpoch);
}
