using ComputeMiner.Containers;
using ComputeMiner.Gpus;

namespace ComputeMiner.Specs;

/// <summary>
/// Asks for one part with a limit of its own. What does not answer is left behind, and not asked again before it has ended: a driver that hangs
/// must not collect threads.
/// </summary>
/// <param name="name">The document's name of the part.</param>
/// <param name="patience">The limit.</param>
/// <param name="time">The clock.</param>
sealed class PartProbe(string name, TimeSpan patience, TimeProvider time)
{
    Task? _leftBehind;

    public string Name => name;

    /// <summary>What it said; null with a reason when it failed.</summary>
    public async Task<(T? Value, KeptPart? Fault)> AskAsync<T>(Func<CancellationToken, Task<T>> probe, CancellationToken cancellation)
        where T : class
    {
        if (_leftBehind is { IsCompleted: false })
            return (null, new KeptPart(name, "the probe before still hangs"));
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        // Not on the caller's thread: a file of /sys can hang as well as a driver.
        var answer = Task.Run(() => probe(either.Token), either.Token);
        _leftBehind = answer;
        try
        {
            return (await answer.WaitAsync(either.Token), null);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return (null, new KeptPart(name, $"no answer within {patience.TotalSeconds:0} s"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or GpuReadException or ContainerEngineException)
        {
            return (null, new KeptPart(name, fault.Message));
        }
    }
}
