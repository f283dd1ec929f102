using System.Collections.Frozen;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Refuses the hotkeys of --blacklist.hotkeys.</summary>
sealed class BlacklistedHotkeyRule(IEnumerable<Hotkey> hotkeys) : IAdmissionRule
{
    readonly FrozenSet<Hotkey> _hotkeys = hotkeys.ToFrozenSet();

    public string Name => "blacklist.hotkeys";

    public string Refusal => "Blacklisted hotkey";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        _hotkeys.Contains(candidate.Hotkey) ? AdmissionDecision.Refuse : AdmissionDecision.Pass;

    public string Explain(in AdmissionCandidate candidate) =>
        _hotkeys.Contains(candidate.Hotkey) ? $"one of the {_hotkeys.Count} in --blacklist.hotkeys" : $"not among the {_hotkeys.Count} in --blacklist.hotkeys";
}
