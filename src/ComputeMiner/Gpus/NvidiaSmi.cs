using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ComputeMiner.Gpus;

/// <summary>The same facts from the driver's own program, for a machine whose library cannot be used.</summary>
sealed class NvidiaSmi(string program, TimeProvider time)
{
    public const string Program = "nvidia-smi";

    // With a GPU that hangs it may never end. For all questions together: the library may have taken as long before.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    // The driver can keep it from ending, kill or no kill: one that stays is the last one that is started.
    volatile Task _abandoned = Task.CompletedTask;

    /// <summary>All GPUs that answer; null where there is no such program.</summary>
    /// <param name="mustBeWhole">One that does not answer is a failure, and not left out.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="GpuReadException">It is there and fails.</exception>
    public async Task<IReadOnlyList<Gpu>?> TryReadAsync(bool mustBeWhole, CancellationToken cancellation)
    {
        if (!_abandoned.IsCompleted)
            throw Hangs("still runs although it was killed");
        using var limit = new CancellationTokenSource(Patience, time);
        if (await RunAsync("--query-gpu=index,uuid,name,pci.bus_id,memory.total,memory.used,clocks.gr,clocks.mem", limit.Token, cancellation) is not { } rows)
            return null;
        var processes = (await RunAsync("--query-compute-apps=gpu_uuid,pid", limit.Token, cancellation) ?? [])
            .Where(row => row.Length == 2 && int.TryParse(row[1], CultureInfo.InvariantCulture, out _))
            .ToLookup(row => row[0], row => int.Parse(row[1], CultureInfo.InvariantCulture));
        var cut = await ReadMigAsync(limit.Token, cancellation);
        List<Gpu> gpus = [.. rows.Select(row => TryRead(row, processes)).OfType<Gpu>().Select(gpu => gpu with { IsMig = cut.Contains(gpu.Uuid) })];
        return gpus.Count == rows.Count || !mustBeWhole
            ? gpus
            : throw new GpuReadException($"{program} knows {rows.Count} GPUs, of which {gpus.Count} answer. See what it says on a terminal.");
    }

    // A question of its own: a program too old to know the mode refuses it, and its cards have none.
    async Task<HashSet<string>> ReadMigAsync(CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            return [.. (await RunAsync("--query-gpu=uuid,mig.mode.current", limit, cancellation) ?? []).Where(row => row is [_, "Enabled"]).Select(row => row[0])];
        }
        catch (GpuReadException) when (!limit.IsCancellationRequested)
        {
            return [];
        }
    }

    // A lost GPU has a text such as "[GPU is lost]" in the place of its numbers.
    static Gpu? TryRead(string[] row, ILookup<string, int> processes) =>
        row.Length == 8
        && int.TryParse(row[0], CultureInfo.InvariantCulture, out var index)
        && row[1].StartsWith("GPU-", StringComparison.Ordinal)
        && long.TryParse(row[4], CultureInfo.InvariantCulture, out var memory)
        && long.TryParse(row[5], CultureInfo.InvariantCulture, out var used)
            ? new Gpu(index, row[1], row[2], PciAddress.Normalize(row[3]), memory << 20, used << 20, [.. processes[row[1]]])
            {
                GraphicsClock = ReadClock(row[6]),
                MemoryClock = ReadClock(row[7]),
            }
            : null;

    // "[N/A]" where the card has no such figure.
    static int ReadClock(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var clock) ? clock : 0;

    async Task<List<string[]>?> RunAsync(string query, CancellationToken limit, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, [query, "--format=csv,noheader,nounits"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }
        try
        {
            var errors = process.StandardError.ReadToEndAsync(both.Token);
            var output = await process.StandardOutput.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',', StringSplitOptions.TrimEntries))]
                : throw new GpuReadException($"{program} ended with {process.ExitCode}: {FirstLine(output + await errors)} See what it says on a terminal.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw Hangs($"did not end within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            var ended = EndAsync(process);
            await ended.WaitAsync(EndPatience, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCompleted)
                _abandoned = ended;
        }
    }

    static async Task EndAsync(Process process)
    {
        using (process)
            await process.WaitForExitAsync();
    }

    GpuReadException Hangs(string how) => new($"{program} {how}; a GPU may hang. See `dmesg` for Xid errors.");

    static string FirstLine(string text) => text.Trim().Split('\n')[0];
}
