using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Containers;

/// <summary>The NVIDIA GPUs of this machine.</summary>
static class GpuInventory
{
    /// <summary>UUIDs of all GPUs; empty where there is no driver.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("nvidia-smi", ["--query-gpu=uuid", "--format=csv,noheader"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await errors;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
    }
}
