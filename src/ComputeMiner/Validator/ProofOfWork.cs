using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bittensor.Compute;
using Bittensor.Crypto;

namespace ComputeMiner.Validator;

/// <summary>A challenge made as a validator makes it, and the password only the validator knows (ni-compute, neurons/Validator/pow.py).</summary>
sealed record ProofOfWork(string Password, ChallengeSynapse Challenge)
{
    const int CharactersUsed = 10;
    const int SaltBytes = 8;

    /// <summary>The reference's set (ni-compute, compute/__init__.py, pow_default_chars).</summary>
    const string DefaultCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*()-_+=[]{};:,.<>";

    /// <summary>Makes one.</summary>
    /// <param name="length">Characters of the password; the challenge's difficulty.</param>
    /// <param name="mode">600 without a salt, 610 with one.</param>
    public static ProofOfWork Make(int length, int mode)
    {
        var all = DefaultCharacters.ToCharArray();
        RandomNumberGenerator.Shuffle(all.AsSpan());
        var characters = new string(all, 0, CharactersUsed);
        var password = RandomNumberGenerator.GetString(characters, length);
        var salt = mode == 610 ? RandomNumberGenerator.GetHexString(2 * SaltBytes, lowercase: true) : "";
        var hash = Blake2b.Hash512(Encoding.UTF8.GetBytes(password + salt));
        return new ProofOfWork(password, new ChallengeSynapse
        {
            ChallengeHash = "$BLAKE2$" + Convert.ToHexStringLower(hash),
            ChallengeSalt = salt,
            ChallengeMode = mode.ToString(CultureInfo.InvariantCulture),
            ChallengeChars = characters,
            ChallengeMask = string.Concat(Enumerable.Repeat("?1", length)),
            ChallengeDifficulty = length,
        });
    }

    public override string ToString() => $"mode {Challenge.ChallengeMode}, difficulty {Challenge.ChallengeDifficulty}";
}
