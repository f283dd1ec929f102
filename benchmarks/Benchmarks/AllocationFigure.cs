using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks;

/// <summary>
/// Allocate request to SSH greeting, in turn with a bare <c>docker run</c> of the same image to its greeting. Both are read through a
/// published port by the same probe. Run with <c>allocation [rounds]</c>; needs Docker.
/// </summary>
static class AllocationFigure
{
    const string BareName = "computeminer-figure-bare";

    public static async Task RunAsync(int rounds)
    {
        var options = new ContainerOptions
        {
            Instance = "computeminer-figure",
            NamePrefix = "computeminer-figure-",
            Network = "computeminer-figure",
            SshPort = 14444,
        };
        using var engine = new DockerEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        var image = await engine.PrepareImageAsync(null, CancellationToken.None);
        var directory = Directory.CreateTempSubdirectory().FullName;
        using var ledger = AllocationLedger.Open(Path.Combine(directory, "state"));
        var care = new AllocationOptions();
        await using var allocator = new Allocator(engine, ledger, care, options, TimeProvider.System, NullLogger<Allocator>.Instance);
        var reconciler = new AllocationReconciler(engine, ledger, care, TimeProvider.System, NullLogger<AllocationReconciler>.Instance);
        await allocator.RestoreAsync(reconciler, CancellationToken.None);
        allocator.UseImage(image);

        List<double> bare = [], ours = [], release = [];
        for (var round = 0; round <= rounds; round++)
        {
            var first = await BareAsync(image.Id, directory);
            var (second, third) = await OursAsync(allocator);
            // The first round warms up.
            if (round == 0)
                continue;
            bare.Add(first);
            ours.Add(second);
            release.Add(third);
        }
        await DockerAsync("network", "rm", options.Network);
        Directory.Delete(directory, recursive: true);
        Print("docker run to greeting", bare);
        Print("allocate to greeting", ours);
        Print("deallocate to answer", release);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocate / docker run (medians): {Median(ours) / Median(bare):0.00}"));
    }

    static async Task<double> BareAsync(string image, string directory)
    {
        // The image has no host key; the bare container gets one as a file that was there before the clock starts.
        var key = Path.Combine(directory, "key");
        await File.WriteAllTextAsync(key, SshHostKey.Generate().PrivateFile);
        File.SetUnixFileMode(key, DeliveredFile.Private);
        var clock = Stopwatch.StartNew();
        await DockerAsync(
            "run", "-d", "--init", "--name", BareName, "-p", "14445:22", "-v", $"{key}:/etc/ssh/ssh_host_ed25519_key:ro", image, "/usr/sbin/sshd", "-D");
        await SshReadiness.WaitAsync(14445, _ => Task.CompletedTask, TimeProvider.System, CancellationToken.None);
        var time = clock.Elapsed.TotalMilliseconds;
        await DockerAsync("rm", "-f", BareName);
        return time;
    }

    static async Task<(double Allocate, double Release)> OursAsync(Allocator allocator)
    {
        using var rsa = RSA.Create(2048);
        if (!SealingKey.TryParse(rsa.ExportSubjectPublicKeyInfoPem(), out var key, out var fault))
            throw new InvalidOperationException(fault);
        var caller = Keypair.FromUri("//Alice").Hotkey;
        var clock = Stopwatch.StartNew();
        var outcome = await allocator.AllocateAsync(new AllocationRequest(AllocationKind.Rental, 1, key, caller, null), CancellationToken.None);
        var allocate = clock.Elapsed.TotalMilliseconds;
        if (outcome.Access is null)
            throw new InvalidOperationException($"The allocation was refused: {outcome}.");
        clock.Restart();
        await allocator.DeallocateAsync(key, caller, CancellationToken.None);
        var release = clock.Elapsed.TotalMilliseconds;
        while (!allocator.IsFree)
            await Task.Delay(10);
        return (allocate, release);
    }

    static async Task DockerAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    }

    static void Print(string what, List<double> times) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what}: median {Median(times):0} ms, min {times.Min():0}, max {times.Max():0}, n {times.Count}"));

    static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
