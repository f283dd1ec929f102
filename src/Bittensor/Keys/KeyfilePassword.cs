using System.Security.Cryptography;
using System.Text;

namespace Bittensor.Keys;

/// <summary>
/// Passwords of key files in environment variables, named and veiled as the Python tools do. The veil (XOR with the variable's name)
/// keeps a password out of casual sight; it protects nothing.
/// </summary>
/// <remarks>Source: opentensor/btwallet, src/keyfile.rs, env_var_name and get_password_from_environment.</remarks>
public static class KeyfilePassword
{
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary><c>BT_PW_</c> and the path in upper case with every slash and dot replaced by an underscore.</summary>
    public static string VariableName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return "BT_PW_" + path.Replace('/', '_').Replace('.', '_').ToUpperInvariant();
    }

    /// <summary>The value to put into the variable of a key file: base64 of the password's UTF-8 bytes XOR the variable's name.</summary>
    public static string Veil(string path, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        return Convert.ToBase64String(Xor(StrictUtf8.GetBytes(password), VariableName(path)));
    }

    /// <summary>The password in a key file's variable, or null when the variable is not set.</summary>
    /// <exception cref="KeyfileException">The value is not base64, or what it hides is not UTF-8.</exception>
    public static string? FromEnvironment(string path) => Read(path, Environment.GetEnvironmentVariable);

    internal static string? Read(string path, Func<string, string?> variable)
    {
        var name = VariableName(path);
        if (variable(name) is not { } value)
            return null;
        var veiled = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, veiled, out var length))
            throw Fault("is not base64");
        var password = Xor(veiled.AsSpan(0, length).ToArray(), name);
        try
        {
            return StrictUtf8.GetString(password);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("hides no UTF-8 text");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }

        KeyfileException Fault(string what) =>
            new(
                path,
                $"The value of environment variable {name} {what}. Set it to the base64 of the password's bytes XOR the variable's name.");
    }

    static byte[] Xor(byte[] bytes, string name)
    {
        var mask = Encoding.UTF8.GetBytes(name);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= mask[i % mask.Length];
        return bytes;
    }
}
