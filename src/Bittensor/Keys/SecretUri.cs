using System.Buffers;
using System.Security.Cryptography;

namespace Bittensor.Keys;

/// <summary>
/// Substrate's secret URI: a phrase or 0x seed, then steps <c>/soft</c> and <c>//hard</c>, then <c>///password</c>. Without a phrase
/// it stands for the public development phrase, whose keys own nothing anywhere.
/// </summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/primitives/core/src/crypto.rs, SecretUri.</remarks>
sealed class SecretUri
{
    const string DevelopmentPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    SecretUri(string phrase, string password, IReadOnlyList<DerivationJunction> junctions) =>
        (Phrase, Password, Junctions) = (phrase, password, junctions);

    public string Phrase { get; }

    public string Password { get; }

    public IReadOnlyList<DerivationJunction> Junctions { get; }

    /// <exception cref="FormatException">A path with an empty step; the message repeats no part of the text.</exception>
    public static SecretUri Parse(string uri)
    {
        var passwordAt = uri.IndexOf("///", StringComparison.Ordinal);
        var password = passwordAt < 0 ? "" : uri[(passwordAt + 3)..];
        var location = passwordAt < 0 ? uri : uri[..passwordAt];
        var pathAt = location.IndexOf('/', StringComparison.Ordinal);
        var phrase = pathAt < 0 ? location : location[..pathAt];
        var path = pathAt < 0 ? "" : location[pathAt..];
        return new SecretUri(phrase.Length == 0 ? DevelopmentPhrase : phrase, password, ParsePath(path));
    }

    /// <summary>The key the path starts from.</summary>
    /// <exception cref="FormatException">Neither a mnemonic nor 0x and 64 hexadecimal digits; the message repeats none of it.</exception>
    public Keypair ToRoot()
    {
        if (!Phrase.StartsWith("0x", StringComparison.Ordinal))
            return Keypair.FromMnemonic(Mnemonic.Parse(Phrase), Password);
        if (Password.Length > 0)
            throw new FormatException("A password belongs to a mnemonic; a 0x seed takes none.");
        Span<byte> seed = stackalloc byte[Keypair.MiniSecretLength];
        if (Phrase.Length != 2 + (2 * seed.Length) || Convert.FromHexString(Phrase.AsSpan(2), seed, out _, out _) != OperationStatus.Done)
            throw new FormatException($"A seed is 0x and {2 * seed.Length} hexadecimal digits.");
        var root = Keypair.FromMiniSecret(seed);
        CryptographicOperations.ZeroMemory(seed);
        return root;
    }

    static List<DerivationJunction> ParsePath(string path)
    {
        var junctions = new List<DerivationJunction>();
        for (var at = 0; at < path.Length;)
        {
            var isHard = path.AsSpan(at).StartsWith("//");
            at += isHard ? 2 : 1;
            var end = path.IndexOf('/', at);
            var code = end < 0 ? path[at..] : path[at..end];
            if (code.Length == 0)
                throw new FormatException($"Step {junctions.Count + 1} of the derivation path is empty; name it as in /soft or //hard.");
            junctions.Add(isHard ? DerivationJunction.Hard(code) : DerivationJunction.Soft(code));
            at += code.Length;
        }
        return junctions;
    }
}
