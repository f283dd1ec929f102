namespace ComputeMiner.Registry;

/// <summary>
/// Where the API key may lie, strongest first: <c>WANDB_API_KEY</c>, a <c>.env</c> file in the working directory or above it, and the
/// netrc file. They are the places the registry's own client and the reference miner look.
/// </summary>
/// <param name="environment">Reads one variable.</param>
/// <param name="workingDirectory">Where the search for <c>.env</c> starts.</param>
/// <param name="home">The user's home directory.</param>
sealed class RegistryKeySources(Func<string, string?> environment, string workingDirectory, string home)
{
    const string Variable = "WANDB_API_KEY";

    /// <summary>No key file is larger.</summary>
    const int LongestFile = 1 << 20;

    public static RegistryKeySources OfThisProcess() => new(
        Environment.GetEnvironmentVariable, Environment.CurrentDirectory, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>Whether the registry's own client would send nothing, by <c>WANDB_MODE</c>.</summary>
    public bool IsSwitchedOff => environment("WANDB_MODE") is "offline" or "disabled" or "dryrun";

    /// <summary>The first key found for a service; null when there is none.</summary>
    public RegistryKey? Find(Uri service) =>
        FromEnvironment() ?? FromDotEnv() ?? FromNetrc(service);

    RegistryKey? FromEnvironment() =>
        environment(Variable)?.Trim() is { Length: > 0 } value ? new RegistryKey(value, Variable) : null;

    RegistryKey? FromDotEnv()
    {
        for (var directory = new DirectoryInfo(workingDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, ".env");
            // As for Python, the last of several says it.
            if (Read(path)?.Split('\n').Select(KeyOf).LastOrDefault(key => key is not null) is { } found)
                return new RegistryKey(found, path);
        }
        return null;
    }

    static string? KeyOf(string line)
    {
        var text = line.Trim();
        if (text.StartsWith("export ", StringComparison.Ordinal))
            text = text["export ".Length..].TrimStart();
        return text.Split('=', 2) is [var name, var value] && name.TrimEnd() == Variable && Unquoted(value) is { Length: > 0 } key ? key : null;
    }

    RegistryKey? FromNetrc(Uri service)
    {
        string[] paths = environment("NETRC") is { Length: > 0 } named ? [named] : [Path.Combine(home, ".netrc"), Path.Combine(home, "_netrc")];
        foreach (var path in paths)
        {
            if (Read(path) is { } text && Netrc.FindPassword(text, service) is { Length: > 0 } key)
                return new RegistryKey(key, path);
        }
        return null;
    }

    /// <summary>The value without its quotes, or up to a comment.</summary>
    static string Unquoted(string value)
    {
        value = value.Trim();
        if (value.Length > 1 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) is var end and > 0)
            return value[1..end];
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? value : value[..comment]).Trim();
    }

    static string? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // A pipe has no length; reading one waits for whoever writes.
            return file is { Exists: true, Length: > 0 and <= LongestFile } ? File.ReadAllText(path) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A file we may not read holds no key for us.
            return null;
        }
    }
}
