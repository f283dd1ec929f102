using ComputeMiner.Gpus;

namespace ComputeMiner.Tests.Gpus;

/// <summary>A ring that forgets, and a miner that does not.</summary>
public sealed class XidLogTests : IDisposable
{
    const string Fatal = "<3>[ 4711.1] NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.";
    const string Harmless = "<4>[ 4712.1] NVRM: Xid (PCI:0000:3b:00): 31, pid=1234, name=python, Ch 00000008";

    readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    string? _ring = $"{Harmless}\n{Fatal}\n";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Watch_FatalPushedOutOfTheRing_IsRememberedOverRestarts()
    {
        Assert.Equal([31, 79], Codes(Log("one").Watch()));

        _ring = Harmless;

        Assert.Equal([79, 31], Codes(Log("one").Watch()));
        Assert.Equal([79, 31], Codes(Log("one").Read()));
        _ring = null;
        Assert.Equal([79], Codes(Log("one").Watch()));
    }

    [Fact]
    public void Watch_MachineWasStartedAgain_Forgets()
    {
        Log("one").Watch();
        _ring = "";

        Assert.Empty(Log("two").Watch());
    }

    [Fact]
    public void Clear_ByAnotherProcess_EndsItForTheRunningOneToo()
    {
        var running = Log("one");
        running.Watch();
        _ring = "";

        Log("one").Clear();

        Assert.Empty(running.Watch());
        Assert.Empty(Log("one").Watch());
        // The same line once more is still the one that was dealt with; a later one is not.
        _ring = Fatal;
        Assert.Empty(running.Watch());
        _ring = Fatal.Replace("4711.1", "4999.1", StringComparison.Ordinal);
        Assert.Equal([79], Codes(running.Watch()));
    }

    [Fact]
    public void Watch_DirectoryCannotBeWritten_IsKnownToThisProcess()
    {
        var log = new XidLog(Path.Combine(_directory, "missing"), () => _ring, "one");
        Assert.Equal([31, 79], Codes(log.Watch()));
        _ring = "";

        Assert.Equal([79], Codes(log.Watch()));
    }

    static int[] Codes(IEnumerable<XidError> errors) => [.. errors.Select(error => error.Code)];

    XidLog Log(string boot) => new(_directory, () => _ring, boot);
}
