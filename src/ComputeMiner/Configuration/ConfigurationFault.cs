namespace ComputeMiner.Configuration;

/// <summary>One wrong value: what it was for, where it came from and what is allowed.</summary>
sealed record ConfigurationFault(string Key, string? Value, string Source, string Allowed)
{
    public override string ToString() => Value is null
        ? $"{Key} ({Source}): {Allowed}"
        : $"{Key} = '{Shorten(Addresses.Redact(Value))}' ({Source}): must be {Allowed}";

    static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
