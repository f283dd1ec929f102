using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Dashboard;
using ComputeMiner.Registry;

namespace ComputeMiner.Cli;

/// <summary>
/// Whether this program is whole and runs on this machine: its native libraries, its embedded files. Touches nothing of a miner's, so that
/// a newer version can be asked while the older one works.
/// </summary>
sealed class SelfTestCommand : CliCommand
{
    public override string Name => "self-test";

    public override string Summary => "Show that this program is whole and its libraries work on this machine.";

    public override string Example => "miner self-test";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        (string Name, Action Test)[] parts =
        [
            ("signatures", TestSignatures),
            ("SSH host keys", () => SshHostKey.Generate()),
            ("ledger", TestLedger),
            ("lists", () => AdmissionRules.From(new AdmissionSettings())),
            ("page", AdminServer.EnsurePage),
        ];
        foreach (var (name, test) in parts)
        {
#pragma warning disable CA1031 // Whatever it is that does not work here, its name and reason are the answer.
            try
            {
                test();
            }
            catch (Exception fault)
            {
                throw new CommandFailedException($"{name}: {fault.GetBaseException().Message}");
            }
#pragma warning restore CA1031
        }
        context.Console.Out.WriteLine($"ok: {string.Join(", ", parts.Select(part => part.Name))}");
        return Task.FromResult(ExitCode.Good);
    }

    static void TestSignatures()
    {
        using var pair = Keypair.FromUri("//Alice");
        if (!RunSignature.Verify(pair.Hotkey, "run", RunSignature.Sign(pair, "run")))
            throw new InvalidOperationException("a signature of its own does not verify");
    }

    static void TestLedger()
    {
        var directory = Directory.CreateTempSubdirectory("computeminer-self-test-").FullName;
        try
        {
            using var ledger = AllocationLedger.Open(directory);
            if (ledger.Read() is not null)
                throw new InvalidOperationException("a new ledger is not empty");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
