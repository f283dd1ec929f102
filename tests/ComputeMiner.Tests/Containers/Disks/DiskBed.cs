using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>What the disks of one instance leave on the host.</summary>
static class DiskBed
{
    public static string[] Images(ContainerOptions settings, string data = "/var/lib/docker", string suffix = ".img") =>
        Directory.Exists($"{data}/computeminer/{settings.Instance}") ? Directory.GetFiles($"{data}/computeminer/{settings.Instance}", "*" + suffix) : [];

    public static string[] Mounts(ContainerOptions settings) =>
        [.. File.ReadAllLines("/proc/mounts").Select(line => line.Split(' ')[1]).Where(at => at.StartsWith($"/run/computeminer/{settings.Instance}-", StringComparison.Ordinal))];

    /// <summary>Mounted disks of all miners on the engine with this data directory, whose hash is in their place.</summary>
    public static string[] MountsOf(string data)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..8];
        return [.. File.ReadAllLines("/proc/mounts").Select(line => line.Split(' ')[1]).Where(at => Regex.IsMatch(at, $"^/run/computeminer/[^/]*-{key}/"))];
    }

    /// <summary>Loop devices that hold a file, also one that is deleted.</summary>
    public static string[] Loops(string image) =>
        [.. Directory.GetDirectories("/sys/block", "loop*").Where(device => Backing(device).StartsWith(image, StringComparison.Ordinal))];

    /// <summary>A container with a tenant's sshd, as a rental has it.</summary>
    public static async Task<string> StartAsync(DockerEngine engine, ContainerOptions settings, PreparedImage image, CancellationToken cancellation)
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await engine.CreateAsync(new ContainerSpec(settings.RentalName, image.Id, settings.SshPort, labels), cancellation);
        await engine.StartAsync(id, cancellation);
        await engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(image), cancellation);
        await engine.WaitForSshAsync(id, settings.SshPort, cancellation);
        return id;
    }

    static string Backing(string device)
    {
        try
        {
            return File.ReadAllText($"{device}/loop/backing_file");
        }
        catch (IOException)
        {
            // Free, or freed meanwhile.
            return "";
        }
    }
}
