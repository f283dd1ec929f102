using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Bittensor.Keys;

/// <summary>A key file that was read: its public key, and its secrets where it has them. All it says was found to agree.</summary>
sealed class KeyfileContent
{
    KeyfileContent(AccountId account, KeySecrets? secrets) => (Account, Secrets) = (account, secrets);

    public AccountId Account { get; }

    public KeySecrets? Secrets { get; }

    /// <summary>
    /// Takes the key from the first of secretPhrase, secretSeed, privateKey, ss58Address that is there (the order of the wallet
    /// library), then compares it with every other field: a file that contradicts itself would sign for a key nobody meant.
    /// </summary>
    /// <exception cref="KeyfileException">A bad field, a contradiction, or no key at all; names the field, never its value.</exception>
    public static KeyfileContent Read(string path, KeyfileFields fields)
    {
        var secrets = ReadSecrets(path, fields);
        if ((secrets?.Keypair.Account ?? ReadPublic(path, fields)) is not { } account)
            throw new KeyfileException(
                path,
                "It has none of the fields secretPhrase, secretSeed, privateKey, publicKey and ss58Address. Restore it from its mnemonic.");
        try
        {
            RequireAgreement(path, fields, account, secrets);
        }
        catch
        {
            secrets?.Dispose();
            throw;
        }
        return new KeyfileContent(account, secrets);
    }

    static KeySecrets? ReadSecrets(string path, KeyfileFields fields)
    {
        if (fields.SecretPhrase is { } phrase)
        {
            // The wallet library writes the words as they were typed, and reads them so.
            var words = string.Join(' ', phrase.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return Mnemonic.TryParse(words, out var mnemonic)
                ? KeySecrets.FromMnemonic(mnemonic)
                : throw Bad(path, "secretPhrase", "is no BIP-39 English mnemonic with a right checksum");
        }
        if (fields.SecretSeed is not null)
            return KeySecrets.FromMiniSecret(Seed(path, fields));
        if (fields.PrivateKey is null)
            return null;
        try
        {
            return KeySecrets.FromKeypair(Keypair.FromSecretKey(Hex(path, "privateKey", fields.PrivateKey, 64)));
        }
        catch (ArgumentException)
        {
            throw Bad(path, "privateKey", "is no sr25519 secret key (polkadot-js exports its scalar times eight; import the mnemonic)");
        }
    }

    static AccountId? ReadPublic(string path, KeyfileFields fields) =>
        fields.Ss58Address is { } address ? Address(path, address)
        : (fields.PublicKey ?? fields.AccountId) is { } key ? new AccountId(Hex(path, "publicKey", key, AccountId.Length))
        : null;

    static void RequireAgreement(string path, KeyfileFields fields, AccountId account, KeySecrets? secrets)
    {
        if (account.IsZero)
            throw new KeyfileException(
                path, "Its public key is all zeros, which anybody can sign for. Restore it from a backup or its mnemonic.");
        if (fields.PublicKey is { } publicKey && new AccountId(Hex(path, "publicKey", publicKey, AccountId.Length)) != account)
            throw Contradiction(path, "publicKey");
        if (fields.AccountId is { } accountId && new AccountId(Hex(path, "accountId", accountId, AccountId.Length)) != account)
            throw Contradiction(path, "accountId");
        if (fields.Ss58Address is { } address && Address(path, address) != account)
            throw Contradiction(path, "ss58Address");
        if (secrets is null)
            return;
        if (fields.SecretSeed is not null && !CryptographicOperations.FixedTimeEquals(secrets.MiniSecret, Seed(path, fields)))
            throw Contradiction(path, "secretSeed");
        if (fields.PrivateKey is { } privateKey
            && !CryptographicOperations.FixedTimeEquals(secrets.Keypair.ExportSecretKey(), Hex(path, "privateKey", privateKey, 64)))
            throw Contradiction(path, "privateKey");
    }

    // The wallet library writes a seed whose 32 bytes happen to be UTF-8 as that text behind 0x and cannot read it back. Such a seed is
    // taken only where another field confirms the key it gives.
    static byte[] Seed(string path, KeyfileFields fields)
    {
        var text = fields.SecretSeed!;
        var isConfirmed = (fields.PublicKey ?? fields.AccountId ?? fields.Ss58Address ?? fields.SecretPhrase) is not null;
        return isConfirmed && text.StartsWith("0x", StringComparison.Ordinal)
            && Encoding.UTF8.GetByteCount(text) == 2 + Keypair.MiniSecretLength
            ? Encoding.UTF8.GetBytes(text)[2..]
            : Hex(path, "secretSeed", text, Keypair.MiniSecretLength);
    }

    static AccountId Address(string path, string text) =>
        Ss58Address.TryDecode(text, out var account) ? account : throw Bad(path, "ss58Address", "is no SS58 address of format 42");

    static byte[] Hex(string path, string field, string text, int length)
    {
        var digits = text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0);
        var bytes = new byte[length];
        return digits.Length == 2 * length && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done
            ? bytes
            : throw Bad(path, field, $"is not 0x and {2 * length} hexadecimal digits");
    }

    static KeyfileException Bad(string path, string field, string fault) =>
        new(path, $"Field {field} {fault}. Restore the file from a backup or its mnemonic.");

    static KeyfileException Contradiction(string path, string field) =>
        new(
            path,
            $"Field {field} belongs to another key than the rest of the file. Find out which is right, then recreate it from the mnemonic.");
}
