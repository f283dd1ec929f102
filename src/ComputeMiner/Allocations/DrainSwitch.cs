using Bittensor.Files;

namespace ComputeMiner.Allocations;

/// <summary>
/// The operator's wish that nothing new be handed out, as a file in the state directory: it holds over restarts, and it can be set while
/// no miner runs.
/// </summary>
sealed class DrainSwitch(string stateDirectory)
{
    public const string FileName = "drain";

    readonly string _path = Path.Combine(stateDirectory, FileName);
    volatile bool _isOn = File.Exists(Path.Combine(stateDirectory, FileName));

    public bool IsOn => _isOn;

    /// <summary>On disk first: what was said to be on is on after a restart.</summary>
    /// <exception cref="IOException">The state directory cannot be written; the switch stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Set(bool on)
    {
        if (on)
        {
            DurableFile.CreateDirectory(Path.GetDirectoryName(_path)!);
            DurableFile.Touch(_path);
        }
        else
            DurableFile.Delete(_path);
        _isOn = on;
    }
}
