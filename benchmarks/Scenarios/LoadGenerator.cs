using System.Diagnostics;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>Runs a <see cref="LoadPlan"/>: signs first, then sends over all connections at once and prints rate and latencies.</summary>
static class LoadGenerator
{
    public static async Task RunAsync(LoadPlan plan)
    {
        using var caller = Keypair.FromUri(plan.CallerUri);
        var connections = new LoadConnection[plan.Connections];
        Parallel.For(0, plan.Connections, i => connections[i] = new LoadConnection(plan.Target, caller, plan.Requests / plan.Connections));
        await Task.WhenAll(connections.Select(connection => connection.ConnectAsync()));

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(connections.Select(connection => Task.Run(connection.RunAsync)));
        var seconds = watch.Elapsed.TotalSeconds;

        var latencies = connections.SelectMany(connection => connection.Latencies).Order().ToArray();
        var statuses = connections.SelectMany(c => c.Statuses).GroupBy(s => s.Key).Select(g => $"{g.Key}: {g.Sum(s => s.Value)}");
        Console.WriteLine(
            $"{latencies.Length / seconds,8:0}/s  p50 {At(latencies, 0.50):0.00} ms  p99 {At(latencies, 0.99):0.00} ms  max {latencies[^1]:0.00} ms  "
            + $"({string.Join(", ", statuses)}; {plan.Connections} connections, {seconds:0.0} s)");
        foreach (var connection in connections)
            connection.Dispose();
    }

    static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
