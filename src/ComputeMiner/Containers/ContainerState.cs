namespace ComputeMiner.Containers;

enum ContainerState
{
    /// <summary>Made, never started.</summary>
    Created,
    Running,
    Paused,

    /// <summary>Ended, being restarted or removed: nobody can log in, the file system may still be there.</summary>
    Stopped,
}
