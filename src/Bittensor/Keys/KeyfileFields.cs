using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Bittensor.Keys;

/// <summary>The fields of a key file as they stand there, not yet believed. Absent and null mean the same.</summary>
/// <remarks>
/// Source: opentensor/btwallet, src/keyfile.rs, serialized_keypair_to_keyfile_data and deserialize_keypair_from_keyfile_data.
/// </remarks>
sealed class KeyfileFields
{
    const int SchnorrkelCryptoType = 1;

    /// <summary>What else a file holds is not ours to judge, nor how deep it goes.</summary>
    static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    public string? AccountId { get; private init; }

    public string? PublicKey { get; private init; }

    public string? PrivateKey { get; private init; }

    public string? SecretPhrase { get; private init; }

    public string? SecretSeed { get; private init; }

    public string? Ss58Address { get; private init; }

    /// <exception cref="KeyfileException">Neither an object of text fields nor the bare public key of the oldest public files.</exception>
    public static KeyfileFields Parse(string path, ReadOnlyMemory<byte> content)
    {
        // Editors on Windows put one there.
        if (content.Span.StartsWith(ByteOrderMark))
            content = content[ByteOrderMark.Length..];
        var text = content.Span.Trim(" \t\r\n"u8);
        if (text.StartsWith("0x"u8))
            return new KeyfileFields { PublicKey = Encoding.UTF8.GetString(text) };
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            return FromObject(path, document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is a field's name with half a character in it. The parser's message and position are left out: they can repeat a
            // part of a damaged secret.
            throw new KeyfileException(
                path,
                "It is neither JSON nor encrypted with a known method ($NACL, $ANSIBLE_VAULT, Fernet). Restore it from its mnemonic.");
        }
    }

    static KeyfileFields FromObject(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new KeyfileException(path, "It holds no JSON object. Restore it from a backup or its mnemonic.");
        if (root.TryGetProperty("cryptoType", out var type) && type.ValueKind != JsonValueKind.Null
            && !(type.ValueKind == JsonValueKind.Number && type.TryGetInt32(out var number) && number == SchnorrkelCryptoType))
            throw new KeyfileException(path, "Field cryptoType is not 1: only sr25519 keys work on this chain.");
        return new KeyfileFields
        {
            AccountId = Text("accountId"),
            PublicKey = Text("publicKey"),
            PrivateKey = Text("privateKey"),
            SecretPhrase = Text("secretPhrase"),
            SecretSeed = Text("secretSeed"),
            Ss58Address = Text("ss58Address"),
        };

        string? Text(string field) => !root.TryGetProperty(field, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String when TryGetText(value) is { } text => text,
            _ => throw new KeyfileException(path, $"Field {field} is not text. Restore the file from a backup or its mnemonic."),
        };
    }

    /// <summary>Null for a text that is none: one with half a surrogate pair.</summary>
    static string? TryGetText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The file's bytes for a key; a public key only where <paramref name="secrets"/> is null. The caller zeroes them.</summary>
    public static byte[] Serialize(AccountId account, KeySecrets? secrets)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("accountId", ToHex(account.Bytes));
            json.WriteString("publicKey", ToHex(account.Bytes));
            if (secrets is not null)
            {
                json.WriteString("privateKey", ToHex(secrets.Keypair.ExportSecretKey()));
                if (secrets.Mnemonic is { } mnemonic)
                    json.WriteString("secretPhrase", mnemonic.Phrase);
                if (!secrets.MiniSecret.IsEmpty)
                    json.WriteString("secretSeed", ToHex(secrets.MiniSecret));
            }
            json.WriteString("ss58Address", account.ToString());
            json.WriteEndObject();
        }
        var bytes = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return bytes;
    }

    static string ToHex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
