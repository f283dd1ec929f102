using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bittensor.Keys;

/// <summary>
/// A BIP-39 English mnemonic of 12, 15, 18, 21 or 24 words whose checksum holds. Turning it into a key follows Substrate, which
/// stretches the entropy and not, as BIP-39 does, the words.
/// </summary>
/// <remarks>Source: bitcoin/bips, bip-0039.mediawiki; paritytech/substrate-bip39, lib.rs.</remarks>
public sealed class Mnemonic
{
    const int BitsPerWord = 11;
    const int Iterations = 2048;

    readonly byte[] _entropy;

    Mnemonic(byte[] entropy)
    {
        _entropy = entropy;
        Phrase = ToPhrase(entropy);
    }

    /// <summary>The words, separated by one blank each. A secret.</summary>
    public string Phrase { get; }

    /// <summary>The 16 to 32 bytes the words stand for. A secret.</summary>
    internal ReadOnlySpan<byte> Entropy => _entropy;

    /// <summary>Makes a new mnemonic from the system's random source.</summary>
    /// <param name="words">12, 15, 18, 21 or 24.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another number of words.</exception>
    public static Mnemonic Generate(int words = 12) =>
        IsWordCount(words)
            ? new Mnemonic(RandomNumberGenerator.GetBytes(words / 3 * 4))
            : throw new ArgumentOutOfRangeException(nameof(words), words, "A mnemonic has 12, 15, 18, 21 or 24 words.");

    /// <summary>Reads lower-case words separated by one blank each.</summary>
    /// <exception cref="FormatException">Wrong number of words, unknown word or wrong checksum; the message repeats no word.</exception>
    public static Mnemonic Parse(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        return Read(phrase, out var mnemonic) is { } fault ? throw new FormatException(fault) : mnemonic!;
    }

    /// <summary>Reads lower-case words separated by one blank each; false for anything <see cref="Parse"/> refuses.</summary>
    public static bool TryParse([NotNullWhen(true)] string? phrase, [NotNullWhen(true)] out Mnemonic? mnemonic)
    {
        mnemonic = null;
        return phrase is not null && Read(phrase, out mnemonic) is null;
    }

    /// <summary>The 32-byte mini secret ("secretSeed") of these words and an optional password, which is used as it is typed.</summary>
    public byte[] ToMiniSecret(string password = "")
    {
        ArgumentNullException.ThrowIfNull(password);
        var salt = Encoding.UTF8.GetBytes("mnemonic" + password);
        // PBKDF2's first block does not depend on the length asked for, so 32 bytes are the first half of the 64 the rule names.
        var miniSecret = Rfc2898DeriveBytes.Pbkdf2(_entropy, salt, Iterations, HashAlgorithmName.SHA512, Keypair.MiniSecretLength);
        CryptographicOperations.ZeroMemory(salt);
        return miniSecret;
    }

    /// <summary>Says how many words there are, never which.</summary>
    public override string ToString() => $"mnemonic of {_entropy.Length / 4 * 3} words";

    static bool IsWordCount(int count) => count is 12 or 15 or 18 or 21 or 24;

    static string? Read(string phrase, out Mnemonic? mnemonic)
    {
        mnemonic = null;
        var words = phrase.Split(' ');
        if (!IsWordCount(words.Length))
            return $"A mnemonic has 12, 15, 18, 21 or 24 words separated by one blank each, this has {words.Length}.";
        var checksumBits = words.Length / 3;
        var entropy = new byte[words.Length / 3 * 4];
        var (buffer, bits, filled) = (0, 0, 0);
        for (var i = 0; i < words.Length; i++)
        {
            var index = MnemonicWords.IndexOf(words[i]);
            if (index < 0)
                return $"Word {i + 1} of the mnemonic is not in the BIP-39 English list; words are lower-case.";
            buffer = ((buffer << BitsPerWord) | index) & 0x7ffff;
            for (bits += BitsPerWord; bits >= 8 && filled < entropy.Length; bits -= 8)
                entropy[filled++] = (byte)(buffer >> (bits - 8));
        }
        if ((buffer & ((1 << checksumBits) - 1)) != Checksum(entropy, checksumBits))
            return "The mnemonic's checksum is wrong: a word is mistyped or in the wrong place.";
        mnemonic = new Mnemonic(entropy);
        return null;
    }

    static string ToPhrase(byte[] entropy)
    {
        var checksumBits = entropy.Length / 4;
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in entropy)
        {
            buffer = ((buffer << 8) | b) & 0x7ffff;
            bits += 8;
            if (bits >= BitsPerWord)
                Take();
        }
        buffer = (buffer << checksumBits) | Checksum(entropy, checksumBits);
        bits += checksumBits;
        Take();
        return text.ToString();

        void Take()
        {
            bits -= BitsPerWord;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(MnemonicWords.At((buffer >> bits) & (MnemonicWords.Count - 1)));
        }
    }

    static int Checksum(byte[] entropy, int bits) => SHA256.HashData(entropy)[0] >> (8 - bits);
}
