namespace ComputeMiner.Demo;

/// <summary>Where a demo keeps its wallet, its miner's state and its logs. Removed at the end unless everything is kept.</summary>
sealed class DemoDirectory(bool keep) : IDisposable
{
    bool _keep = keep;

    public string Root { get; } = Directory.CreateTempSubdirectory("computeminer-demo-").FullName;

    public string Wallets => Path.Combine(Root, "wallets");

    public string State => Path.Combine(Root, "state");

    public string MinerLog => Path.Combine(Root, "miner.log");

    /// <summary>Leaves the files where they are, to be looked at; false when there are none.</summary>
    public bool KeepIfUsed() => _keep = Directory.EnumerateFileSystemEntries(Root).Any();

    public void Dispose()
    {
        if (!_keep)
            Directory.Delete(Root, recursive: true);
    }
}
