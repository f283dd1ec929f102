namespace ComputeMiner.Containers;

/// <summary>
/// root's authorized_keys: line 1 belongs to the user slot, line 2 to the terminal slot of the rental service, every later line to
/// the tenant. The two slot lines always exist, so that keys the tenant appends never land in a slot.
/// </summary>
static class AuthorizedKeys
{
    public const string Path = "/root/.ssh/authorized_keys";

    public static string Initial(SshPublicKey? user) => $"{user?.Line}\n\n";

    /// <summary>Returns the file with one slot replaced; null clears the slot.</summary>
    public static string Replace(string file, KeySlot slot, SshPublicKey? key)
    {
        var lines = file.Split('\n').ToList();
        while (lines.Count < 3)
            lines.Add("");
        lines[(int)slot] = key?.Line ?? "";
        var text = string.Join('\n', lines);
        return text.EndsWith('\n') ? text : text + "\n";
    }
}
