using System.Collections.Immutable;
using ComputeMiner.Configuration;
using ComputeMiner.Demo;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace ComputeMiner.Cli;

/// <summary>The main job end to end on this machine, against an embedded network.</summary>
sealed class DemoCommand : CliCommand
{
    static readonly CommandFlag<bool> KeepFlag =
        new("keep", ValueKinds.Switch, false, "Leave everything running afterwards, until Ctrl+C, and keep its files.");

    const int LogWidth = 240;

    public override string Name => "demo";

    public override string Summary => "Run the whole job on this machine: a chain, a miner, a validator, a renter over SSH.";

    public override string Example => "miner demo --keep";

    public override IEnumerable<Setting> Settings => SettingTable.Group("container.docker");

    public override ImmutableArray<CommandFlag> Flags => [KeepFlag];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var keep = context.Get(KeepFlag);
        var terminal = AnsiConsole.Console;
        // A line of a log is not broken at a width that a pipe does not have.
        if (!terminal.Profile.Capabilities.Interactive)
            terminal.Profile.Width = LogWidth;
        var steps = new DemoSteps(terminal, context.Console.Out, context.Json);
        using var directory = new DemoDirectory(keep);
        await using var scenario = new DemoScenario(steps, directory, context.Options.Container.Endpoint, NullLoggerFactory.Instance);
        try
        {
            await scenario.RunAsync(cancellation);
        }
        catch (DemoFailedException failure)
        {
            throw new CommandFailedException(
                directory.KeepIfUsed() ? $"{failure.Message}\nLogs and state are kept in {directory.Root}." : failure.Message);
        }
        if (!context.Json)
            terminal.MarkupLineInterpolated($"\n[green]{steps.Done} steps, all as they must be, in {steps.Elapsed.TotalSeconds:0.0} s.[/]");
        if (keep)
        {
            context.Console.Error.WriteLine($"Everything goes on: dashboard {scenario.Dashboard}, files in {directory.Root}. Ctrl+C ends it.");
            await WaitAsync(cancellation);
        }
        return ExitCode.Good;
    }

    static async Task WaitAsync(CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource();
        await using var registration = cancellation.Register(ended.SetResult);
        await ended.Task;
    }
}
