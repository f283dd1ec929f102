using Docker.DotNet.Models;

namespace ComputeMiner.Containers.Disks;

/// <summary>
/// Leads a container's writable layer to a file system of its own. The engine tells where it keeps the layer (overlay2: UpperDir and
/// WorkDir); links take those places, and the engine follows them at every start. Where they lead nowhere it cannot start the container.
/// </summary>
static class WritableLayer
{
    const string Upper = "diff";
    const string Work = "work";

    /// <summary>Makes what the links lead to.</summary>
    /// <param name="at">The mounted file system, as this process reaches it.</param>
    public static void Prepare(string at)
    {
        const UnixFileMode Searchable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory($"{at}/{Work}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory($"{at}/{Upper}");
        // The container's root directory takes its mode from here, whatever mask this process has.
        File.SetUnixFileMode($"{at}/{Upper}", Searchable);
    }

    /// <summary>Puts the links in place; nothing happens where they are.</summary>
    /// <param name="container">As the engine describes it.</param>
    /// <param name="at">The mounted file system, as the engine sees it.</param>
    /// <param name="root">Put before a path of the engine's, it is the same file here.</param>
    /// <exception cref="ContainerEngineException">The engine keeps the layer in no way this works with, or it was written to.</exception>
    public static void Lead(ContainerInspectResponse container, string at, string root)
    {
        if (container.GraphDriver?.Data is not { } places || !places.TryGetValue("UpperDir", out var upper) || !places.TryGetValue("WorkDir", out var work))
            throw new ContainerEngineException("The Docker Engine does not tell where it keeps a container's files, so they cannot be held to a size. Lift the limit with --container.disk off.");
        try
        {
            // The work directory first: without it nothing starts, so nothing is written to the other one between the two.
            Link(root + work, $"{at}/{Work}", deep: true);
            Link(root + upper, $"{at}/{Upper}", deep: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ContainerEngineException($"The container's files cannot be led to a disk of their own: {fault.Message} Lift the limit with --container.disk off.", fault);
        }
    }

    // A directory with something in it is never taken away: it would be a tenant's.
    static void Link(string path, string target, bool deep)
    {
        var found = new DirectoryInfo(path);
        if (found.LinkTarget == target)
            return;
        if (found.LinkTarget is not null)
            File.Delete(path);
        else if (found.Exists)
            found.Delete(deep);
        File.CreateSymbolicLink(path, target);
    }
}
