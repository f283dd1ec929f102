namespace DevNet.Registry;

/// <summary>The states a run goes through here; their lower-case names are the wire's.</summary>
enum RunState
{
    Running,
    Finished,
    Failed,
    Crashed,
}
