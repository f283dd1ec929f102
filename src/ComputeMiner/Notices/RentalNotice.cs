using System.Globalization;
using System.Text;
using System.Text.Json;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Notices;

/// <summary>What a renter is told at one moment: the message at login, which a session without terminal does not get, and the document.</summary>
sealed class RentalNotice
{
    public const string MotdPath = "/etc/motd";
    public const string DocumentPath = "/run/rental.json";

    const double GiB = 1L << 30;

    RentalNotice(string motd, RentalDocument document) => (Motd, Document) = (motd, document);

    public string Motd { get; }

    public RentalDocument Document { get; }

    /// <summary>The same for as long as the renter has nothing new to read.</summary>
    public string Identity => $"{Document.State}\n{Motd}";

    public IReadOnlyList<DeliveredFile> Files =>
    [
        DeliveredFile.Text(MotdPath, Motd, DeliveredFile.Readable),
        new DeliveredFile(DocumentPath, [.. JsonSerializer.SerializeToUtf8Bytes(Document, RentalJson.Default.RentalDocument), (byte)'\n'], DeliveredFile.Readable),
    ];

    public static RentalNotice Of(Allocation held, ResourceLimits limits, ContainerOptions container, DateTimeOffset now)
    {
        var left = held.Expires > now ? held.Expires - now : TimeSpan.Zero;
        var document = new RentalDocument(
            held.Id,
            held.Kind == AllocationKind.Rental ? "rental" : "test",
            held.State == AllocationState.Paused ? "paused" : "running",
            held.Started,
            held.Expires,
            (long)left.TotalSeconds,
            now,
            new RentalLimits(limits.NanoCpus / 1e9, limits.Memory, limits.SharedMemory, limits.Disk, limits.Processes, container.Gpus),
            Rules(container));
        return new RentalNotice(MotdOf(document, left), document);
    }

    static string[] Rules(ContainerOptions container) =>
    [
        "At the end, or when it is given back, this container is deleted with everything in it: copy out what you need.",
        "Until then your files stay, also over a restart of the container or of the machine.",
        .. container.Egress.Mode == Containers.Egress.EgressMode.Off
            ? Array.Empty<string>()
            : ["The internet is open to you; private networks, this machine itself and sending mail are not."],
    ];

    static string MotdOf(RentalDocument document, TimeSpan left)
    {
        var limits = document.Limits;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\nThis {document.Kind} ends {document.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC, in {TimeLeft.Words(left)}.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"  processors     {limits.Cpus:0.##}\n");
        text.Append(CultureInfo.InvariantCulture, $"  memory         {limits.MemoryBytes / GiB:0.#} GiB, of it /dev/shm at most {limits.SharedMemoryBytes / GiB:0.#} GiB\n");
        if (limits.DiskBytes is { } disk)
            text.Append(CultureInfo.InvariantCulture, $"  disk           {disk / GiB:0.#} GiB for all you write\n");
        text.Append(CultureInfo.InvariantCulture, $"  processes      {limits.Processes}\n");
        text.Append(CultureInfo.InvariantCulture, $"  GPUs           {limits.Gpus.Count}\n\n");
        foreach (var rule in document.Rules)
            text.Append(CultureInfo.InvariantCulture, $"  - {rule}\n");
        return text.Append(CultureInfo.InvariantCulture, $"\n  For programs: {DocumentPath}\n\n").ToString();
    }
}
