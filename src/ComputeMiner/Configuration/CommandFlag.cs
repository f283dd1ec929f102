namespace ComputeMiner.Configuration;

/// <summary>A flag of one command only, which is no setting of the miner.</summary>
abstract class CommandFlag(string key, string placeholder, string help)
{
    public string Key => key;

    public string Placeholder => placeholder;

    public string Help => help;

    public string Flag => "--" + key;

    public bool IsSwitch => placeholder.Length == 0;

    /// <summary>Null when the text is a value of this flag, otherwise what is allowed.</summary>
    public abstract string? Check(string text);
}
