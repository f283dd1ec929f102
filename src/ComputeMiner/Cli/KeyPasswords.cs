using Bittensor.Keys;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Where the passwords of key files come from: the file of --wallet.password-file, the key file's own variable, a prompt.</summary>
sealed class KeyPasswords(MinerOptions options, CliConsole console)
{
    /// <summary>Somebody had to type one.</summary>
    public bool IsTyped { get; private set; }

    /// <summary>The password of an existing key file; null when there is none to be had.</summary>
    public string? Find(string path)
    {
        if (Given(path) is { } given)
            return given;
        IsTyped = true;
        return console.ReadSecret("Password of " + path);
    }

    /// <summary>The password for a new key file.</summary>
    public string Choose(string path)
    {
        if (Given(path) is { Length: > 0 } given)
            return given;
        if (console.ReadSecret("New password of " + path) is not { Length: > 0 } password)
        {
            throw new CommandFailedException(
                $"A password for {path} is needed: type it, or give --wallet.password-file or {KeyfilePassword.VariableName(path)}.");
        }
        return console.ReadSecret("The same again") == password
            ? password
            : throw new CommandFailedException("The two passwords differ; nothing was written.");
    }

    string? Given(string path) =>
        options.Wallet.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault() ?? "" : KeyfilePassword.FromEnvironment(path);
}
