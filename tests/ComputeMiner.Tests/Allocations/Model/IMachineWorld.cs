using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The engine and the disk under a machine, and what can befall them from outside.</summary>
interface IMachineWorld
{
    /// <summary>The engine as the miner reaches it.</summary>
    IContainerEngine Engine { get; }

    /// <summary>The same one as everybody else does.</summary>
    IContainerEngine Outside { get; }

    PreparedImage Image { get; }

    ContainerOptions Settings { get; }

    /// <summary>Where the miner may keep its state; it is there.</summary>
    string Directory { get; }

    /// <summary>The time by which the miner waits for something.</summary>
    TimeProvider Waits { get; }

    bool DiskIsFull { get; set; }

    bool EngineIsAway { get; }

    /// <summary>From now on the engine answers no more, or a few answers later.</summary>
    void TakeEngineAway(int answers);

    void ReturnEngine();

    /// <summary>Before each step of the miner: fails it where nothing real would.</summary>
    void Meet(CrashPoint step);

    /// <summary>All processes of a container die.</summary>
    Task DieAsync(string container);

    /// <summary>Somebody removes a container behind the miner's back.</summary>
    Task RemoveAsync(string container);

    /// <summary>The daemon is killed and comes back: frozen containers run then.</summary>
    /// <param name="allocating">Killed while this publishes a port, where it can be; null for at once.</param>
    /// <returns>True when containers ended with it, and may wait for somebody to start them.</returns>
    Task<bool> KillDaemonAsync(Task? allocating);

    /// <summary>The objects of others are as they were.</summary>
    Task<bool> ForeignIsUntouchedAsync();

    /// <summary>Objects of this miner's that only a holder of the machine has.</summary>
    Task<int> CountLeftoversAsync();

    Task PutFileAsync(string container, string text);

    Task<string?> ReadFileAsync(string container);
}
