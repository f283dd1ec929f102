using System.Security.Cryptography;
using Bittensor.Keys;

namespace ComputeMiner.Validator;

/// <summary>The RSA key that names a caller's allocation, kept in a file so that a later command can speak for the same one.</summary>
static class SessionKey
{
    const int Bits = 2048;

    /// <summary>One key per miner.</summary>
    public static string DefaultPath(string stateDirectory, Hotkey miner) => Path.Combine(stateDirectory, "validator", miner + ".pem");

    /// <summary>Reads the key, or makes it: the file is for this user only.</summary>
    public static RSA Open(string path)
    {
        var key = RSA.Create(Bits);
        if (File.Exists(path))
        {
            try
            {
                key.ImportFromPem(File.ReadAllText(path));
                return key;
            }
            catch (Exception fault) when (fault is ArgumentException or CryptographicException)
            {
                key.Dispose();
                throw new IOException(
                    $"{path} holds no RSA key in PEM form. Name another file with --rsa-key, or remove it to have a new key made.", fault);
            }
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(path, options);
        writer.Write(key.ExportPkcs8PrivateKeyPem());
        return key;
    }
}
