namespace ComputeMiner.Containers;

/// <summary>
/// How a container waits for its tenant: its first process reads a tar archive from standard input, unpacks it and becomes sshd. Until
/// then nothing listens in it and it holds no secret. Nothing of the archive is in its command line, environment, image or log.
/// </summary>
static class Handover
{
    /// <summary>There once the archive was unpacked whole: the same container then starts sshd at once, as after a restart.</summary>
    public const string DoneFile = "/var/lib/rental/handed-over";

    // tar is in every image that packages are installed in; it puts the last file in place last.
    const string Script = $"[ -e {DoneFile} ] || tar -xf - -C / || exit 1; exec /usr/sbin/sshd -D -e </dev/null";

    public static IList<string> Command { get; } = ["/bin/sh", "-c", Script];

    /// <summary>The archive that ends the wait.</summary>
    public static MemoryStream ToArchive(IReadOnlyList<DeliveredFile> files) =>
        TarArchive.ForDelivery([.. files, new DeliveredFile(DoneFile, [], DeliveredFile.Private)]);
}
