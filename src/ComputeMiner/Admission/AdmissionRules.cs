using System.Collections.Immutable;

namespace ComputeMiner.Admission;

/// <summary>The rules in their order: deny wins, then trust, then what the chain says.</summary>
static class AdmissionRules
{
    public static ImmutableArray<IAdmissionRule> From(AdmissionSettings settings)
    {
        var rules = ImmutableArray.CreateBuilder<IAdmissionRule>();
        // What the operator refuses is refused even when it is trusted or rich.
        rules.Add(new BlacklistedHotkeyRule(settings.BlacklistHotkeys));
        rules.Add(new BlacklistedColdkeyRule(settings.BlacklistColdkeys));
        if (settings.BlacklistExploiters)
            rules.Add(new ExploiterRule());
        // Trust stands before stake: a trusted validator may hold less than the limit.
        rules.Add(new TrustedHotkeyRule(settings.WhitelistHotkeys));
        rules.Add(new TrustedColdkeyRule(settings.WhitelistColdkeys));
        rules.Add(new RegisteredRule());
        // Last, because it decides about everybody who is left.
        rules.Add(new StakeRule(settings.AnyRegistered || settings.AcceptLowStake ? null : settings.MinStake));
        return rules.ToImmutable();
    }
}
