namespace ComputeMiner.Containers;

/// <summary>
/// Containers of this miner's instance; foreign ones are neither seen nor touched. Every failure of the engine is a
/// <see cref="ContainerEngineException"/>.
/// </summary>
interface IContainerEngine
{
    /// <summary>Asks the engine who it is.</summary>
    /// <exception cref="ContainerEngineUnavailableException">None answers, it refuses us, or it is too old.</exception>
    Task<EngineInfo> ProbeAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes the image that renters get available, building it when it is missing or its recipe changed, and makes sure that nothing is in
    /// the way of a container: fails when its name or port is taken by others.
    /// </summary>
    Task<PreparedImage> PrepareImageAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation);

    /// <summary>
    /// Returns the id of a new container that nobody can get into; it may be running already. One of this miner's that has the name and was
    /// never started makes room: a create whose answer was lost left it.
    /// </summary>
    /// <exception cref="ContainerEngineException">The name is another container's, or the engine failed.</exception>
    Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation);

    /// <summary>Gives a running container that was made for nobody in particular its name and its labels.</summary>
    /// <exception cref="ContainerEngineException">It does not run any more, or the engine failed; it is of no use then.</exception>
    Task AssignAsync(string id, string name, ContainerLabels labels, CancellationToken cancellation);

    /// <summary>Hands a running container over: the files are put in, then its sshd starts. Once in a container's life.</summary>
    Task DeliverAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation);

    /// <summary>Replaces a file of a container in whatever state it is; a reader never sees a part of it. The directory becomes 0700.</summary>
    Task ReplaceFileAsync(string id, DeliveredFile file, CancellationToken cancellation);

    /// <summary>What each container may use.</summary>
    Task<ResourceLimits> ReadLimitsAsync(CancellationToken cancellation);

    /// <summary>Replaces files of a container in whatever state it is; a reader never sees a part of one. Directories stay as they are.</summary>
    Task PublishAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation);

    /// <summary>
    /// Writes a text to every open terminal of a running container. It works with the programs the tenant left in it: whether anybody read
    /// it is not known, and a container without them is a failure.
    /// </summary>
    Task TellAsync(string id, string text, CancellationToken cancellation);

    /// <summary>Reads a file of at most 64 KiB; null when there is none. Anything else under its name is a failure.</summary>
    Task<byte[]?> ReadFileAsync(string id, string path, CancellationToken cancellation);

    /// <summary>Starts a created or stopped container; nothing happens to a running one.</summary>
    Task StartAsync(string id, CancellationToken cancellation);

    /// <summary>Freezes all processes of the container.</summary>
    Task PauseAsync(string id, CancellationToken cancellation);

    /// <summary>Lets a frozen container go on; nothing happens to one that is not frozen.</summary>
    Task ResumeAsync(string id, CancellationToken cancellation);

    /// <summary>Ends all processes and starts the same container on its same file system, also from frozen.</summary>
    Task RestartAsync(string id, CancellationToken cancellation);

    /// <summary>Ends and removes the container, also a frozen one. A missing container is success.</summary>
    Task RemoveAsync(string id, CancellationToken cancellation);

    /// <summary>All containers of this instance.</summary>
    Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation);

    /// <summary>Returns sshd's greeting as it came through the published port; waits for it until cancelled or the container ends.</summary>
    Task<string> WaitForSshAsync(string id, int port, CancellationToken cancellation);
}
