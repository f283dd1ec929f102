namespace ComputeMiner.Configuration;

/// <summary>The places values come from, in rising precedence: the reference's order.</summary>
enum SettingSourceKind
{
    Default,
    Environment,
    File,
    CommandLine,
}
