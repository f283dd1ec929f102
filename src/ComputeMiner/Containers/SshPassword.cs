using System.Security.Cryptography;

namespace ComputeMiner.Containers;

/// <summary>Passwords for renters.</summary>
static class SshPassword
{
    /// <summary>24 characters carry 142 bits: no guessing from the internet, and the sealed credentials stay far below RSA's 190 bytes.</summary>
    public const int Length = 24;

    const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, Length);
}
