using Bittensor.Keys;
using Bittensor.Subtensor;

namespace ComputeMiner.Admission;

/// <summary>Why a hotkey may call or not: what every rule says of it, and which one decides.</summary>
/// <param name="Hotkey">SS58 address.</param>
/// <param name="Admitted">Whether it may call.</param>
/// <param name="DecidedBy">The rule that decides; the later ones are not asked.</param>
/// <param name="Uid">Its number in the subnet; null when it is not registered.</param>
/// <param name="Coldkey">Who owns it; null when it is not registered.</param>
/// <param name="Stake">Its stake S in whole units; null when it is not registered.</param>
/// <param name="Block">The block of the metagraph that was used; null when none was read yet.</param>
/// <param name="MetagraphAgeSeconds">How old that is.</param>
/// <param name="Rules">In the order in which they are asked.</param>
sealed record AdmissionExplanation(
    string Hotkey, bool Admitted, string DecidedBy, int? Uid, string? Coldkey, double? Stake, ulong? Block, double? MetagraphAgeSeconds,
    IReadOnlyList<RuleExplanation> Rules)
{
    /// <summary>Asks every rule, also those after the one that decides.</summary>
    public static AdmissionExplanation Of(Hotkey hotkey, IReadOnlyList<IAdmissionRule> rules, Metagraph? metagraph, DateTimeOffset now)
    {
        if (metagraph is null)
            return new AdmissionExplanation(hotkey.ToString(), false, AdmissionGate.NoMetagraphRule, null, null, null, null, null, []);
        metagraph.TryGetNeuron(hotkey, out var neuron);
        var candidate = new AdmissionCandidate(hotkey, neuron);
        var decisions = rules.Select(rule => rule.Decide(candidate)).ToList();
        var first = decisions.FindIndex(decision => decision != AdmissionDecision.Pass);
        return new AdmissionExplanation(
            hotkey.ToString(),
            first >= 0 && decisions[first] == AdmissionDecision.Admit,
            first < 0 ? "none" : rules[first].Name,
            neuron?.Uid.Value,
            neuron?.Coldkey.ToString(),
            neuron?.Stake,
            metagraph.Block,
            (now - metagraph.FetchedAt).TotalSeconds,
            [
                .. rules.Select((rule, i) =>
                    new RuleExplanation(rule.Name, decisions[i].ToString().ToLowerInvariant(), rule.Explain(candidate), i == first)),
            ]);
    }
}
