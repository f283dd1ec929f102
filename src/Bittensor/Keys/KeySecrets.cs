using System.Security.Cryptography;

namespace Bittensor.Keys;

/// <summary>A key pair and what it was made from, which is what a key file keeps: the mnemonic and the mini secret, where known.</summary>
public sealed class KeySecrets : IDisposable
{
    readonly byte[]? _miniSecret;

    KeySecrets(Keypair keypair, byte[]? miniSecret = null, Mnemonic? mnemonic = null) =>
        (Keypair, _miniSecret, Mnemonic) = (keypair, miniSecret, mnemonic);

    /// <summary>The key pair; disposed together with this.</summary>
    public Keypair Keypair { get; }

    /// <summary>The words the key was made from, when it was made from words.</summary>
    public Mnemonic? Mnemonic { get; }

    /// <summary>32 bytes, or empty when the key was not made from a mini secret.</summary>
    internal ReadOnlySpan<byte> MiniSecret => _miniSecret;

    /// <summary>A key made from words without a password, as wallets make them.</summary>
    public static KeySecrets FromMnemonic(Mnemonic mnemonic)
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        var miniSecret = mnemonic.ToMiniSecret();
        return new KeySecrets(Keypair.FromMiniSecret(miniSecret), miniSecret, mnemonic);
    }

    /// <summary>A key made from a 32-byte mini secret (a "seed").</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static KeySecrets FromMiniSecret(ReadOnlySpan<byte> miniSecret) => new(Keypair.FromMiniSecret(miniSecret), miniSecret.ToArray());

    /// <summary>A key of which nothing else is known, such as one derived from a URI. Takes ownership of the pair.</summary>
    public static KeySecrets FromKeypair(Keypair keypair)
    {
        ArgumentNullException.ThrowIfNull(keypair);
        return new KeySecrets(keypair);
    }

    /// <summary>Forgets what the key was made from and hands over the pair, which the caller now disposes.</summary>
    internal Keypair TakeKeypair()
    {
        CryptographicOperations.ZeroMemory(_miniSecret);
        return Keypair;
    }

    /// <summary>The address; never a secret.</summary>
    public override string ToString() => Keypair.ToString();

    /// <summary>Zeroes the secret bytes.</summary>
    public void Dispose()
    {
        Keypair.Dispose();
        CryptographicOperations.ZeroMemory(_miniSecret);
    }
}
