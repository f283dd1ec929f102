using System.Diagnostics;
using System.Text.Json;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>
/// Runs a <see cref="LoadPlan"/>: signs first, warms up, then sends over all connections at once. A process of its own, so that its
/// garbage and its threads are not the miner's, on the cores that are not the miner's where that one is tied to one.
/// </summary>
static class LoadGenerator
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The generator's process: prints the result.</summary>
    public static void Run(LoadPlan plan)
    {
        using var caller = Keypair.FromUri(plan.CallerUri);
        var (warmUp, requests) = (plan.WarmUp / plan.Connections, plan.Requests / plan.Connections);
        var connections = new LoadConnection[plan.Connections];
        Parallel.For(0, plan.Connections, i => connections[i] = new LoadConnection(plan.Target, caller, warmUp + requests, plan.Depth));

        if (warmUp > 0)
            SendAll(connections, warmUp, measured: false);
        var start = Stopwatch.GetTimestamp();
        SendAll(connections, requests, measured: true);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var latencies = connections.SelectMany(connection => connection.Latencies).Order().ToArray();
        var statuses = connections.SelectMany(connection => connection.Statuses).GroupBy(status => status.Key);
        var result = new LoadResult(
            latencies.Length / seconds,
            At(latencies, 0.50),
            At(latencies, 0.99),
            latencies[^1],
            new(statuses.ToDictionary(group => group.Key, group => group.Sum(status => status.Value))));
        Console.WriteLine(JsonSerializer.Serialize(result, LoadJson.Default.LoadResult));
        foreach (var connection in connections)
            connection.Dispose();
    }

    /// <summary>Starts this program again as a generator and waits for its result.</summary>
    /// <exception cref="InvalidOperationException">The generator failed; what it said is in the message.</exception>
    public static async Task<LoadResult> RunApartAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, plan.ToArguments())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Cores.Run(Cores.Others, () => Process.Start(start)!);
        await using var stop = cancellation.UnsafeRegister(static child => ((Process)child!).Kill(), process);
        var faults = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(output, LoadJson.Default.LoadResult)!
            : throw new InvalidOperationException($"The load generator failed: {await faults}");
    }

    // One thread for all: a thread for each would spend the shared cores on switching between them.
    static void SendAll(LoadConnection[] connections, int count, bool measured)
    {
        using var epoll = new Epoll();
        for (var i = 0; i < connections.Length; i++)
        {
            epoll.Watch(connections[i].Socket, i, Epoll.Readable);
            connections[i].Begin(count);
        }
        var answered = Stopwatch.GetTimestamp();
        for (var open = connections.Length; open > 0;)
        {
            // Never asleep: waking a thread of another core would cost the miner, as no caller on another machine does.
            var ready = epoll.Wait(TimeSpan.Zero);
            if (ready.IsEmpty)
            {
                if (Stopwatch.GetElapsedTime(answered) > Patience)
                    throw new TimeoutException($"The axon answered nothing for {Patience.TotalSeconds} s.");
                continue;
            }
            answered = Stopwatch.GetTimestamp();
            foreach (var one in ready)
            {
                connections[one.Id].Advance(measured);
                if (connections[one.Id].IsDone)
                    open--;
            }
        }
    }

    static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
