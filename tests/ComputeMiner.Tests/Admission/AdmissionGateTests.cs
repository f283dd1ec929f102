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

    /// <summary>Whether the metagraph is there, a day old or missing; whether the caller is an exploiter, and whether that list is on.</summary>
    public static TheoryData<string, bool, bool> Surroundings =>
        new MatrixTheoryData<string, bool, bool>(["fresh", "a day old", "missing"], [false, true], [false, true]);

    /// <summary>
    /// Each surrounding with all combinations of the two deny lists, the two trust lists, registration, stake and the two switches.
    /// What the gate explains must be what it does.
    /// </summary>
    [Theory]
    [MemberData(nameof(Surroundings))]
    public void Admit_EveryCombination_FollowsTheOrderAndExplainsIt(string metagraph, bool exploiter, bool exploitersRefused)
    {
        var caller = exploiter ? KnownHotkeys.Exploiters[0] : Caller;
        for (var bits = 0; bits < 1 << 8; bits++)
        {
            bool Bit(int i) => (bits >> i & 1) == 1;
            var (denyHotkey, denyColdkey, trustHotkey, trustColdkey) = (Bit(0), Bit(1), Bit(2), Bit(3));
            var (registered, rich, lowStake, any) = (Bit(4), Bit(5), Bit(6), Bit(7));
            var settings = new AdmissionSettings
            {
                BlacklistHotkeys = denyHotkey ? [caller] : [],
                BlacklistColdkeys = denyColdkey ? [Owner] : [],
                BlacklistExploiters = exploitersRefused,
                WhitelistHotkeys = trustHotkey ? [caller] : [],
                WhitelistColdkeys = trustColdkey ? [Owner] : [],
                AcceptLowStake = lowStake,
                AnyRegistered = any,
            };
            var graph = registered ? Graph(caller, rich ? 10_000 : 9_999.99) : Graph(Keypair.FromUri("//Other").Hotkey, 1e6);
            var gate = Gate(settings, metagraph == "missing" ? null : graph, metagraph == "fresh" ? TimeSpan.Zero : TimeSpan.FromDays(1));

            // A coldkey is known through the metagraph only.
            var (refused, by) =
                metagraph == "missing" ? (true, "metagraph")
                : denyHotkey ? (true, "blacklist.hotkeys")
                : denyColdkey && registered ? (true, "blacklist.coldkeys")
                : exploiter && exploitersRefused ? (true, "blacklist.exploiters")
                : trustHotkey ? (false, "whitelist.hotkeys")
                : trustColdkey && registered ? (false, "whitelist.coldkeys")
                : !registered ? (true, "registered")
                : (!rich && !lowStake && !any, "stake");

            var verdict = gate.Admit(Call(caller));
            var explanation = gate.Explain(caller);

            Assert.Equal((!refused, refused ? 403 : 200), (verdict.IsAdmitted, verdict.StatusCode));
            Assert.Equal(refused ? by : null, gate.Refusals.Snapshot().SingleOrDefault()?.Rule);
            Assert.Equal((!refused, by), (explanation.Admitted, explanation.DecidedBy));
        }
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

    [Fact]
    public void Explain_PoorCaller_NamesEachRuleWithItsFigures()
    {
        var settings = new AdmissionSettings { BlacklistHotkeys = [KnownHotkeys.Exploiters[1]], WhitelistColdkeys = [Keypair.FromUri("//Friend").Coldkey] };

        var explanation = Gate(settings, Graph(Caller, 1234.5), TimeSpan.FromSeconds(90)).Explain(Caller);

        Assert.Equal(
            [
                "blacklist.hotkeys pass: not among the 1 in --blacklist.hotkeys",
                $"blacklist.coldkeys pass: coldkey {Owner} is not among the 0 in --blacklist.coldkeys",
                "blacklist.exploiters pass: not among the 16 in the built-in list of exploiters",
                "whitelist.hotkeys pass: not among the 12 in the built-in list and --whitelist.hotkeys",
                $"whitelist.coldkeys pass: coldkey {Owner} is not among the 1 in --whitelist.coldkeys",
                "registered pass: registered as uid 0",
                "stake refuse: stake 1,234.5, 10,000 needed (--admission.min-stake)",
            ],
            explanation.Rules.Select(rule => $"{rule.Rule} {rule.Verdict}: {rule.Figures}"));
        Assert.Equal([6], explanation.Rules.Index().Where(rule => rule.Item.Decides).Select(rule => rule.Index));
        Assert.Equal((0, Owner.ToString(), 1234.5, 1UL, 90.0),
            (explanation.Uid, explanation.Coldkey, explanation.Stake, explanation.Block, explanation.MetagraphAgeSeconds));
    }

    [Fact]
    public void Explain_Stranger_SaysWhatIsNotKnown()
    {
        var explanation = Gate(new AdmissionSettings { AnyRegistered = true }, Graph(Caller, 1)).Explain(Keypair.FromUri("//Nobody").Hotkey);

        Assert.Equal("registered", explanation.DecidedBy);
        Assert.Equal("not registered, so its coldkey is not known; 0 in --blacklist.coldkeys", explanation.Rules[1].Figures);
        Assert.Equal("not registered, so it has no stake", explanation.Rules[^1].Figures);
        Assert.Null(explanation.Stake);
    }

    static AdmissionGate Gate(AdmissionSettings settings, Metagraph? graph, TimeSpan age = default) => Gate(AdmissionRules.From(settings), graph, age);

    static AdmissionGate Gate(ImmutableArray<IAdmissionRule> rules, Metagraph? graph, TimeSpan age = default) => new(
        rules, new MetagraphSource { Current = graph }, new FakeTimeProvider(DateTimeOffset.UnixEpoch + age), NullLogger<AdmissionGate>.Instance);

    static Metagraph Graph(Hotkey hotkey, double stake) =>
        new(new Netuid(27), 1, DateTimeOffset.UnixEpoch, [new Neuron { Uid = new Uid(0), Hotkey = hotkey, Coldkey = Owner, Stake = stake }]);

    static AxonCaller Call(Hotkey hotkey) =>
        new(hotkey, "Allocate", IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(12), DateTimeOffset.UnixEpoch);
}
