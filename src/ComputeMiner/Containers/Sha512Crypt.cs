using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>The password hash "$6$" of /etc/shadow, after Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512", version 0.6.</summary>
static class Sha512Crypt
{
    const int DefaultRounds = 5000;
    const int SaltLength = 16;
    const string Alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Hashes with a fresh salt. The fewest rounds of the scheme: our passwords are random, stretching adds nothing but time.</summary>
    public static string Hash(string password) => Hash(password, RandomNumberGenerator.GetString(Alphabet, SaltLength), 1000);

    public static string Hash(string password, string salt, int rounds)
    {
        var key = Encoding.UTF8.GetBytes(password);
        var saltBytes = Encoding.ASCII.GetBytes(salt.Length > SaltLength ? salt[..SaltLength] : salt);
        var digest = Stretch(key, saltBytes, rounds);
        CryptographicOperations.ZeroMemory(key);
        var prefix = rounds == DefaultRounds ? "$6$" : $"$6$rounds={rounds}$";
        return $"{prefix}{Encoding.ASCII.GetString(saltBytes)}${Encode(digest)}";
    }

    // The comments number the steps of the specification.
    static byte[] Stretch(byte[] key, byte[] salt, int rounds)
    {
        // 4-8
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(key);
        hash.AppendData(salt);
        hash.AppendData(key);
        var b = hash.GetHashAndReset();

        // 1-3, 9-12
        hash.AppendData(key);
        hash.AppendData(salt);
        hash.AppendData(Repeat(b, key.Length));
        for (var bits = key.Length; bits > 0; bits >>= 1)
            hash.AppendData((bits & 1) != 0 ? b : key);
        var a = hash.GetHashAndReset();

        // 13-16
        for (var i = 0; i < key.Length; i++)
            hash.AppendData(key);
        var p = Repeat(hash.GetHashAndReset(), key.Length);

        // 17-20
        for (var i = 0; i < 16 + a[0]; i++)
            hash.AppendData(salt);
        var s = Repeat(hash.GetHashAndReset(), salt.Length);

        // 21
        for (var round = 0; round < rounds; round++)
        {
            var odd = (round & 1) != 0;
            hash.AppendData(odd ? p : a);
            if (round % 3 != 0)
                hash.AppendData(s);
            if (round % 7 != 0)
                hash.AppendData(p);
            hash.AppendData(odd ? a : p);
            hash.GetHashAndReset(a);
        }
        return a;
    }

    static byte[] Repeat(byte[] block, int length)
    {
        var result = new byte[length];
        for (var i = 0; i < length; i++)
            result[i] = block[i % block.Length];
        return result;
    }

    // 22: groups of three bytes, 21 apart, each next group rotated by one place; the last byte stands alone.
    static string Encode(byte[] digest)
    {
        var text = new StringBuilder(86);
        var (x, y, z) = (0, 21, 42);
        for (var i = 0; i < 21; i++)
        {
            Append(text, (digest[x] << 16) | (digest[y] << 8) | digest[z], 4);
            (x, y, z) = (y + 1, z + 1, x + 1);
        }
        Append(text, digest[63], 2);
        return text.ToString();
    }

    static void Append(StringBuilder text, int value, int count)
    {
        for (var i = 0; i < count; i++, value >>= 6)
            text.Append(Alphabet[value & 63]);
    }
}
