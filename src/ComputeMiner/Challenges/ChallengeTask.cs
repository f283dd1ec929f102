using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Bittensor.Compute;
using Bittensor.Crypto;

namespace ComputeMiner.Challenges;

/// <summary>
/// A challenge whose every field was looked at: what reaches hashcat is made from this alone. A validator takes 10 of 86 characters, a
/// password of some length out of them and a salt of 16 hex digits (ni-compute, neurons/Validator/pow.py).
/// </summary>
sealed class ChallengeTask
{
    public const int MostCharacters = 94;

    /// <summary>The reference's largest difficulty is 12 (ni-compute, compute/__init__.py, pow_max_difficulty).</summary>
    public const int LongestPassword = 16;

    const string HashPrefix = "$BLAKE2$";
    const int DigestBytes = 64;
    const int LongestSalt = 64;
    const int LongestMode = 5;

    static readonly SearchValues<char> SaltCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    readonly byte[] _digest;

    ChallengeTask(byte[] digest, string salt, int mode, string characters, int length) =>
        (_digest, Salt, Mode, Characters, Length) = (digest, salt, mode, characters, length);

    /// <summary>Follows the password in what was hashed; empty in mode 600.</summary>
    public string Salt { get; }

    /// <summary>600: BLAKE2b-512 of the password; 610: of password and salt.</summary>
    public int Mode { get; }

    /// <summary>Printable ASCII without blank and question mark.</summary>
    public string Characters { get; }

    /// <summary>Characters of the password.</summary>
    public int Length { get; }

    /// <summary>The line hashcat reads.</summary>
    public string HashLine => HashPrefix + Convert.ToHexStringLower(_digest) + (Mode == 610 ? ":" + Salt : "");

    /// <summary>The mask: the first user-defined set at each place.</summary>
    public string Mask => MaskOf(Length);

    /// <summary>Reads a challenge.</summary>
    public static bool TryRead(ChallengeSynapse synapse, [NotNullWhen(true)] out ChallengeTask? task, [NotNullWhen(false)] out string? fault)
    {
        task = null;
        var digest = new byte[DigestBytes];
        var (hash, salt, characters, mask) = (synapse.ChallengeHash, synapse.ChallengeSalt, synapse.ChallengeChars, synapse.ChallengeMask);
        var mode = synapse.ChallengeMode.Length <= LongestMode ? synapse.ChallengeMode : "";
        fault = null;
        if (mode is not ("600" or "610"))
            fault = "challenge_mode must be 600 or 610";
        else if (hash.Length != HashPrefix.Length + 2 * DigestBytes || !hash.StartsWith(HashPrefix, StringComparison.Ordinal) || !IsHex(hash.AsSpan(HashPrefix.Length), digest))
            fault = $"challenge_hash must be {HashPrefix} and {2 * DigestBytes} hex digits";
        else if (mode == "600" ? salt.Length > 0 : salt.Length is 0 or > LongestSalt || salt.AsSpan().ContainsAnyExcept(SaltCharacters))
            fault = mode == "600" ? "challenge_salt must be empty in mode 600" : $"challenge_salt must be 1 to {LongestSalt} letters and digits";
        else if (characters.Length is 0 or > MostCharacters || characters.AsSpan().ContainsAnyExceptInRange('!', '~') || characters.Contains('?', StringComparison.Ordinal))
            fault = $"challenge_chars must be 1 to {MostCharacters} printable ASCII characters without blank and question mark";
        else if (mask.Length is 0 or > 2 * LongestPassword || mask != MaskOf(mask.Length / 2))
            fault = $"challenge_mask must be ?1, 1 to {LongestPassword} times";
        if (fault is not null)
            return false;
        task = new ChallengeTask(digest, salt, mode == "600" ? 600 : 610, characters, mask.Length / 2);
        return true;
    }

    /// <summary>Whether a password is the one: nothing is answered on a program's word alone.</summary>
    public bool IsSolvedBy(string password) =>
        CryptographicOperations.FixedTimeEquals(Blake2b.Hash512(Encoding.UTF8.GetBytes(password + Salt)), _digest);

    static string MaskOf(int length) => string.Concat(Enumerable.Repeat("?1", length));

    static bool IsHex(ReadOnlySpan<char> text, Span<byte> bytes) => Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
}
