using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bittensor.Keys;

[InlineArray(Length)]
struct AccountBytes
{
    public const int Length = 32;
    byte _first;
}

/// <summary>A 32-byte sr25519 public key as the chain stores it. Compares by content, prints as its SS58 address (format 42).</summary>
public readonly struct AccountId : IEquatable<AccountId>
{
    /// <summary>Bytes in a public key.</summary>
    public const int Length = AccountBytes.Length;

    readonly AccountBytes _bytes;

    /// <param name="publicKey">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public AccountId(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != Length)
            throw new ArgumentException($"A public key has {Length} bytes, not {publicKey.Length}.", nameof(publicKey));
        publicKey.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<AccountBytes, byte>(ref _bytes), Length));
    }

    /// <summary>The public key's 32 bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The all-zero key: the chain's "nobody", and the curve's identity, under which any forged signature verifies.</summary>
    public bool IsZero => !Bytes.ContainsAnyExcept((byte)0);

    /// <summary>True for the same 32 bytes.</summary>
    public bool Equals(AccountId other) => Bytes.SequenceEqual(other.Bytes);

    /// <summary>True for an <see cref="AccountId"/> of the same 32 bytes.</summary>
    public override bool Equals(object? obj) => obj is AccountId other && Equals(other);

    /// <summary>A hash of some of the bytes, which are as good as random.</summary>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Bytes[8..]) ^ MemoryMarshal.Read<int>(Bytes[20..]);

    /// <summary>The SS58 address, format 42.</summary>
    public override string ToString() => Ss58Address.Encode(Bytes);

    /// <summary>True for the same 32 bytes.</summary>
    public static bool operator ==(AccountId left, AccountId right) => left.Equals(right);

    /// <summary>True for different bytes.</summary>
    public static bool operator !=(AccountId left, AccountId right) => !left.Equals(right);
}
