using System.Buffers.Binary;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>One line of an authorized_keys file: a key that OpenSSH knows, nothing else. Options before the key are refused.</summary>
sealed record SshPublicKey
{
    /// <summary>Longest accepted line in bytes; an RSA key of 16384 bits takes under 3 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    // The plain key types of OpenSSH's sshkey.c; certificates and the broken ssh-dss are left out.
    static readonly string[] KeyTypes =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    SshPublicKey(string line) => Line = line;

    /// <summary>The line without a line break.</summary>
    public string Line { get; }

    /// <summary>Reads "type base64 comment"; white space around it is dropped.</summary>
    public static bool TryParse(string? text, out SshPublicKey? key)
    {
        key = null;
        var line = text?.Trim() ?? "";
        if (line.Length == 0 || Encoding.UTF8.GetByteCount(line) > MaxLength || line.Any(IsUnprintable))
            return false;
        var parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !KeyTypes.Contains(parts[0]) || !StartsWithType(parts[1], parts[0]))
            return false;
        key = new SshPublicKey(string.Join(' ', parts));
        return true;
    }

    // U+2028 and U+2029 break lines for some readers; a lone surrogate cannot be written as UTF-8.
    static bool IsUnprintable(char letter) => char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029';

    // RFC 4253 6.6: the blob begins with its type as a length-prefixed string, and something follows.
    static bool StartsWithType(string base64, string type)
    {
        var blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out var length) || length <= 4 + type.Length)
            return false;
        return BinaryPrimitives.ReadInt32BigEndian(blob) == type.Length
            && blob.AsSpan(4, type.Length).SequenceEqual(Encoding.ASCII.GetBytes(type));
    }
}
