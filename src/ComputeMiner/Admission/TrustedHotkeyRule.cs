using System.Collections.Frozen;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Admits the built-in trusted hotkeys and those of --whitelist.hotkeys, regardless of stake.</summary>
sealed class TrustedHotkeyRule(IEnumerable<Hotkey> hotkeys) : IAdmissionRule
{
    readonly FrozenSet<Hotkey> _hotkeys = KnownHotkeys.Trusted.Concat(hotkeys).ToFrozenSet();

    public string Name => "whitelist.hotkeys";

    public string Refusal => "Hotkey is not whitelisted";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        _hotkeys.Contains(candidate.Hotkey) ? AdmissionDecision.Admit : AdmissionDecision.Pass;

    public string Explain(in AdmissionCandidate candidate) =>
        _hotkeys.Contains(candidate.Hotkey) ? $"one of the {_hotkeys.Count} in the built-in list and --whitelist.hotkeys" : $"not among the {_hotkeys.Count} in the built-in list and --whitelist.hotkeys";
}
