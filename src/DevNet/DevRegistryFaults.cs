namespace DevNet;

/// <summary>What goes wrong at a <see cref="DevRegistry"/>, on demand.</summary>
public sealed class DevRegistryFaults
{
    readonly Lock _gate = new();
    readonly List<(DevRegistryOperation? Operation, DevRegistryFault Fault)> _next = [];
    readonly List<(DevRegistryOperation? Operation, DevRegistryFault Fault)> _always = [];
    TaskCompletionSource _cleared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the next requests of a kind go wrong, after those already asked for.</summary>
    /// <param name="operation">Of this kind; null for any.</param>
    /// <param name="fault">How.</param>
    /// <param name="count">How many requests.</param>
    public void Next(DevRegistryOperation? operation, DevRegistryFault fault, int count = 1)
    {
        lock (_gate)
            _next.AddRange(Enumerable.Repeat((operation, fault), count));
    }

    /// <summary>Lets every request of a kind go wrong until <see cref="Clear"/>.</summary>
    public void Always(DevRegistryOperation? operation, DevRegistryFault fault)
    {
        lock (_gate)
            _always.Add((operation, fault));
    }

    /// <summary>Everything works again. Requests that hang are cut.</summary>
    public void Clear()
    {
        TaskCompletionSource cleared;
        lock (_gate)
        {
            _next.Clear();
            _always.Clear();
            (cleared, _cleared) = (_cleared, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        cleared.SetResult();
    }

    /// <summary>What goes wrong with a request, and when that is over; both at one moment.</summary>
    internal (DevRegistryFault? Fault, Task Cleared) Take(DevRegistryOperation operation)
    {
        lock (_gate)
            return (TakeFault(operation), _cleared.Task);
    }

    DevRegistryFault? TakeFault(DevRegistryOperation operation)
    {
        var index = _next.FindIndex(f => f.Operation is null || f.Operation == operation);
        if (index < 0)
            return _always.Find(f => f.Operation is null || f.Operation == operation).Fault;
        var fault = _next[index].Fault;
        _next.RemoveAt(index);
        return fault;
    }
}
