namespace ComputeMiner.Configuration;

/// <summary>Paths below the operator's home directory.</summary>
static class HomePath
{
    static string Home => Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
        ? home
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>$XDG_DATA_HOME/computeminer, or ~/.local/share/computeminer.</summary>
    public static string StateDirectory =>
        Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
            ? Path.Combine(data, "computeminer")
            : Path.Combine(Home, ".local", "share", "computeminer");

    /// <summary>The path with a leading ~ replaced by the home directory.</summary>
    public static string Expand(string path) =>
        path == "~" ? Home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, path[2..]) : path;
}
