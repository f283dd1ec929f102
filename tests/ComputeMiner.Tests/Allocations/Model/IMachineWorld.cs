using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The engine under a machine, and what can befall its containers from outside.</summary>
interface IMachineWorld
{
    IContainerEngine Engine { get; }

    PreparedImage Image { get; }

    ContainerOptions Settings { get; }

    /// <summary>All processes of a container die.</summary>
    Task DieAsync(string container);

    /// <summary>Somebody removes a container behind the miner's back.</summary>
    Task RemoveAsync(string container);

    /// <summary>The daemon is killed and comes back: frozen containers run then.</summary>
    Task KillDaemonAsync();

    /// <summary>The objects of others are as they were.</summary>
    Task<bool> ForeignIsUntouchedAsync();

    Task PutFileAsync(string container, string text);

    Task<string?> ReadFileAsync(string container);
}
