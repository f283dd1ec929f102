namespace ComputeMiner.Registry;

/// <summary>The account's API key. It is sent in one header and shown nowhere.</summary>
/// <param name="Value">The key itself.</param>
/// <param name="Source">Where it was found, for a person.</param>
sealed record RegistryKey(string Value, string Source)
{
    /// <summary>What a key has at least after its prefix; longer ones and other alphabets exist.</summary>
    const int ShortestSecret = 40;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"key from {Source}";

    /// <summary>Null when it can be a key; else what is wrong with it.</summary>
    public string? Fault => Value.Length == 0 ? $"the key from {Source} is empty"
        : Value.Any(c => c is <= ' ' or > '~') ? $"the key from {Source} holds blanks or characters no key has"
        : Value.Length - Value.IndexOf('-', StringComparison.Ordinal) - 1 < ShortestSecret ? $"the key from {Source} is shorter than the {ShortestSecret} characters a key has"
        : null;
}
