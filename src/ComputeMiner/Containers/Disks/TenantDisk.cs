using Docker.DotNet.Models;

namespace ComputeMiner.Containers.Disks;

/// <summary>What a container that is being created gets to write on.</summary>
/// <param name="Means">What holds it.</param>
/// <param name="Bytes">How much it is.</param>
/// <param name="Name">The name of its file system; null when the engine holds it.</param>
/// <param name="Files">Where its own network files lie; null for the engine's.</param>
/// <param name="Lock">Held until the container exists.</param>
sealed record TenantDisk(DiskMeans Means, long Bytes, string? Name, string? Files, IDisposable? Lock) : IDisposable
{
    /// <summary>Label that names a container's file system.</summary>
    public const string NameKey = "computeminer.disk";

    /// <summary>Files the engine mounts from its own data into every container, writable and without limit.</summary>
    public static readonly IReadOnlyList<(string Name, string Text)> NetworkFiles =
    [
        ("hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\trental\n"),
        ("hostname", "rental\n"),
        // The engine's resolver on every network that is not its default one.
        ("resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n"),
    ];

    /// <summary>Adds to a container's profile what holds it to its disk.</summary>
    public void ApplyTo(CreateContainerParameters parameters)
    {
        if (Means == DiskMeans.Engine)
            parameters.HostConfig!.StorageOpt = new Dictionary<string, string> { ["size"] = Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (Name is not null)
            parameters.Labels![NameKey] = Name;
        if (Files is null)
            return;
        parameters.HostConfig!.Mounts =
        [
            .. from file in NetworkFiles
               select new Mount { Type = "bind", Source = $"{Files}/{file.Name}", Target = $"/etc/{file.Name}", ReadOnly = Means == DiskMeans.Engine },
        ];
    }

    /// <summary>Writes the network files of a container.</summary>
    /// <param name="directory">Where, as this process reaches it.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void WriteFiles(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, text) in NetworkFiles)
        {
            File.WriteAllText($"{directory}/{name}", text);
            // Every user inside looks names up, whatever mask this process has.
            File.SetUnixFileMode($"{directory}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    public void Dispose() => Lock?.Dispose();
}
