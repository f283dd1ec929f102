namespace ComputeMiner.Updates;

/// <summary>What happens when a newer version exists.</summary>
enum UpdateMode
{
    Off,
    Notify,
    Install,
}
