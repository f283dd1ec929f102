using System.Collections.Immutable;
using ComputeMiner.Cli;
using ComputeMiner.Configuration;

namespace ComputeMiner.Tests.Cli;

public sealed class CliApplicationTests : IDisposable
{
    readonly StringWriter _out = new();
    readonly StringWriter _error = new();
    readonly Probe _run = new("run", SettingTable.All, reference: true);
    readonly Probe _show = new("show", SettingTable.Group("wallet"));

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("run --netuid 15", 15)]
    [InlineData("--netuid 15", 15)]
    [InlineData("--netuid=15 --unknown.flag x", 15)]
    public async Task RunAsync_RunWithAndWithoutItsWord_SameCommand(string line, int netuid)
    {
        Assert.Equal(ExitCode.Good, await Run(line));
        Assert.Equal(netuid, _run.Seen!.Options.Netuid.Value);
    }

    [Theory]
    [InlineData("", "Usage: miner <command>")]
    [InlineData("rnu", "'rnu' is not a command. 'miner --help' lists the commands.")]
    [InlineData("walet show", "Did you mean 'miner wallet'?")]
    [InlineData("wallet shwo", "Did you mean 'miner wallet show'?")]
    [InlineData("wallet", "Usage: miner wallet")]
    [InlineData("wallet show extra", "'extra' is one word too many")]
    [InlineData("run --unknown.flag x", "--unknown.flag")]
    [InlineData("--axon.prot 9", "did you mean --axon.port?")]
    [InlineData("--axon.port 9", "axon.port = '9' (flag --axon.port): must be a port from 1025 to 65534")]
    [InlineData("wallet show --netuid 9", "--netuid")]
    [InlineData("wallet show --times nine", "times = 'nine' (flag --times): must be a whole number from 1 to 9")]
    public async Task RunAsync_WrongUsage_ExitsWith2AndSaysWhat(string line, string expected)
    {
        Assert.Equal(ExitCode.WrongUsage, await Run(line));
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_run.Seen);
        Assert.Null(_show.Seen);
    }

    [Theory]
    [InlineData("--help", "wallet ")]
    [InlineData("run --help", "--axon.port PORT")]
    [InlineData("--netuid 15 --help", "--axon.port PORT")]
    [InlineData("wallet --help", "show ")]
    [InlineData("wallet show --help", "Example:\n  miner show")]
    [InlineData("wallet show -h", "--json")]
    [InlineData("--version", "miner 0.")]
    public async Task RunAsync_Help_ExitsWith0OnStandardOutput(string line, string expected)
    {
        Assert.Equal(ExitCode.Good, await Run(line));
        Assert.Contains(expected, _out.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task RunAsync_OwnFlagsAndJson_ReachTheCommand()
    {
        Assert.Equal(ExitCode.Good, await Run("wallet show --times 3 --json --wallet.name w"));

        Assert.Equal((3, true, "w"), (_show.Seen!.Get(Probe.Times), _show.Seen.Json, _show.Seen.Options.Wallet.Name));
    }

    [Fact]
    public async Task RunAsync_CommandFails_OneLineAndExit1()
    {
        _show.Failure = new CommandFailedException("no wallet 'default'; make one with 'miner wallet create'");

        Assert.Equal(ExitCode.Failed, await Run("wallet show"));
        Assert.Equal("error: no wallet 'default'; make one with 'miner wallet create'\n", _error.ToString());
    }

    [Fact]
    public async Task RunAsync_Interrupted_SaysStoppedAndExits1()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        _show.Failure = new OperationCanceledException(stop.Token);

        Assert.Equal(ExitCode.Failed, await RunUntil("wallet show", stop.Token));
        Assert.Equal("stopped\n", _error.ToString());
    }

    [Fact]
    public async Task RunAsync_OurOwnMistake_IsNotHidden()
    {
        _show.Failure = new InvalidOperationException("bug");

        await Assert.ThrowsAsync<InvalidOperationException>(() => Run("wallet show"));
    }

    Task<int> Run(string line) => RunUntil(line, TestContext.Current.CancellationToken);

    Task<int> RunUntil(string line, CancellationToken cancellation)
    {
        var console = new CliConsole(new StringReader(""), _out, _error, isInteractive: false);
        var application = new CliApplication([_run, new CommandGroup("wallet", "Keys.", _show)], console, new Dictionary<string, string>());
        return application.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellation);
    }

    sealed class Probe(string name, IEnumerable<Setting> settings, bool reference = false) : CliCommand
    {
        public static readonly CommandFlag<int> Times = new("times", ValueKinds.Integer(1, 9), 1, "How often.");

        public CommandContext? Seen { get; private set; }

        public Exception? Failure { get; set; }

        public override string Name => name;

        public override string Summary => "A command.";

        public override string Example => "miner " + name;

        public override IEnumerable<Setting> Settings => settings;

        public override ImmutableArray<CommandFlag> Flags => [Times];

        public override bool PrintsData => true;

        public override bool IsReferenceForm => reference;

        public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
        {
            Seen = context;
            return Failure is null ? Task.FromResult(ExitCode.Good) : throw Failure;
        }
    }
}
