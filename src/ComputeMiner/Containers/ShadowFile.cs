namespace ComputeMiner.Containers;

/// <summary>/etc/shadow of a container.</summary>
static class ShadowFile
{
    public const string Path = "/etc/shadow";

    /// <summary>Returns the file with root's password hash replaced; root is added where it lacks.</summary>
    public static string WithRootHash(string shadow, string hash)
    {
        var lines = shadow.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        var index = lines.FindIndex(line => line.StartsWith("root:", StringComparison.Ordinal));
        // Days since 1970 of the last change: 0 would demand a new password at login, so an empty field (no ageing) stands there.
        if (index < 0)
            lines.Insert(index = 0, "root::::::::");
        var fields = lines[index].Split(':');
        fields[1] = hash;
        lines[index] = string.Join(':', fields);
        return string.Join('\n', lines) + "\n";
    }
}
