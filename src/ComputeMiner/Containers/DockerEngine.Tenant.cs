using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <content>What a tenant is told inside a container.</content>
sealed partial class DockerEngine
{
    // dd instead of a redirection: opened without blocking, a terminal that takes nothing any more is passed by. Ours comes as an argument,
    // never into the script.
    const string Tell = "for t in /dev/pts/[0-9]*; do [ -c \"$t\" ] && printf '%s' \"$1\" | dd of=\"$t\" oflag=nonblock 2>/dev/null & done; wait";

    public async Task<ResourceLimits> ReadLimitsAsync(CancellationToken cancellation) => await SetUpAsync(cancellation) with { Disk = _disks.Bytes };

    public async Task PublishAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation)
    {
        await using var archive = TarArchive.ForPublication(files);
        await ExtractAsync(id, archive, cancellation);
    }

    public async Task TellAsync(string id, string text, CancellationToken cancellation)
    {
        var parameters = new ContainerExecCreateParameters { User = "0:0", Cmd = ["timeout", "-k", "1", "5", "/bin/sh", "-c", Tell, "sh", text] };
        var exec = await AskAsync(
            "tell the tenant", token => _docker.Exec.CreateContainerExecAsync(id, parameters, token), cancellation);
        // Nothing of it is attached, so nobody waits for its end: whatever the tenant made of these programs runs within its own limits.
        await DoAsync("tell the tenant", async token =>
        {
            using var nothing = await _docker.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), token);
        }, cancellation);
    }
}
