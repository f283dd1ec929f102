namespace Bittensor.Keys;

/// <summary>
/// The public part of a coldkey, the key that owns: it holds the funds and registered the hotkey. A type of its own, so that it cannot
/// be swapped with the other kind.
/// </summary>
public readonly record struct Coldkey(AccountId Account)
{
    /// <summary>Reads an SS58 address of format 42.</summary>
    /// <exception cref="FormatException">Not such an address; the message says why.</exception>
    public static Coldkey Parse(string ss58) => new(Ss58Address.Decode(ss58));

    /// <summary>Reads an SS58 address of format 42; false for anything else.</summary>
    public static bool TryParse(string? ss58, out Coldkey value)
    {
        var good = Ss58Address.TryDecode(ss58, out var account);
        value = new Coldkey(account);
        return good;
    }

    /// <summary>The SS58 address, format 42.</summary>
    public override string ToString() => Account.ToString();
}
