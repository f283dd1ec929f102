using System.Collections.Immutable;
using Bittensor.Keys;
using Bittensor.Substrate;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Finds the command, loads its configuration, runs it, and turns failures into one line and an exit code.</summary>
sealed class CliApplication(ImmutableArray<CliEntry> entries, CliConsole console, IReadOnlyDictionary<string, string> environment)
{
    // Says whether a command line is right and does nothing: whoever prepares the machine for a command asks first.
    bool IsCheck { get; init; }

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            return await DispatchAsync(arguments, cancellation);
        }
        catch (CommandFailedException failure)
        {
            console.Error.WriteLine("error: " + failure.Message);
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            console.Error.WriteLine("stopped");
            return ExitCode.Failed;
        }
        // These say themselves what was wrong and where; anything else is our fault and keeps its trace.
        catch (Exception failure) when (failure is SubstrateException or ExtrinsicFailedException or KeyfileException
            or IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine("error: " + failure.Message);
            return ExitCode.Failed;
        }
    }

    async Task<int> DispatchAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments is [] or ["help"] or ["--help"] or ["-h"])
        {
            (arguments is [] ? console.Error : console.Out).Write(HelpText.Overview(entries));
            return arguments is [] ? ExitCode.WrongUsage : ExitCode.Good;
        }
        if (arguments is ["--check", ..])
            return await new CliApplication(entries, console, environment) { IsCheck = true }.DispatchAsync([.. arguments.Skip(1)], cancellation);
        if (arguments is ["--version"])
        {
            console.Out.WriteLine("miner " + ProductVersion.Text);
            return ExitCode.Good;
        }
        if (arguments[0].StartsWith('-') && entries.OfType<CliCommand>().FirstOrDefault(c => c.IsReferenceForm) is { } reference)
            return await RunCommandAsync(reference, reference.Name, arguments, ignoreUnknown: true, cancellation);
        switch (Find(entries, arguments[0], "miner"))
        {
            case CommandGroup group when arguments is [_] or [_, "--help" or "-h" or "help"]:
                (arguments is [_] ? console.Error : console.Out).Write(HelpText.OfGroup(group));
                return arguments is [_] ? ExitCode.WrongUsage : ExitCode.Good;
            case CommandGroup group:
                var command = (CliCommand)Find(group.Commands, arguments[1], "miner " + group.Name);
                return await RunCommandAsync(command, $"{group.Name} {command.Name}", [.. arguments.Skip(2)], false, cancellation);
            case CliCommand single:
                return await RunCommandAsync(single, single.Name, [.. arguments.Skip(1)], false, cancellation);
            default:
                return ExitCode.WrongUsage;
        }
    }

    async Task<int> RunCommandAsync(
        CliCommand command, string name, IReadOnlyList<string> tokens, bool ignoreUnknown, CancellationToken cancellation)
    {
        if (tokens.TakeWhile(t => t != "--").Any(t => t is "--help" or "-h"))
        {
            console.Out.Write(HelpText.Of(command, name));
            return ExitCode.Good;
        }
        var settings = command.Settings.ToImmutableArray();
        var flags = command.PrintsData ? command.Flags.Add(CommandContext.JsonFlag) : command.Flags;
        if (!settings.IsEmpty && !settings.Any(s => s.Key == "config"))
            settings = settings.AddRange(SettingTable.Group("config"));
        var configuration = ConfigurationLoader.Load(tokens, new CommandSyntax(settings, flags, ignoreUnknown), environment);
        foreach (var warning in configuration.Warnings)
            console.Error.WriteLine("warning: " + warning);
        foreach (var fault in configuration.Faults)
            console.Error.WriteLine("error: " + fault);
        var wanted = command.Argument is null ? 0 : 1;
        if (configuration.Faults.IsEmpty && configuration.Arguments.Length == wanted)
            return IsCheck ? ExitCode.Good : await command.RunAsync(new CommandContext(configuration, console), cancellation);
        if (configuration.Arguments.Length < wanted)
            console.Error.WriteLine($"error: {command.Argument} is missing");
        foreach (var argument in configuration.Arguments.Skip(wanted))
            console.Error.WriteLine($"error: '{argument}' is one word too many");
        console.Error.WriteLine($"'miner {name} --help' shows what is accepted.");
        return ExitCode.WrongUsage;
    }

    static CliEntry Find(IEnumerable<CliEntry> among, string word, string before)
    {
        var known = among.ToList();
        if (known.Find(e => e.Name == word) is { } entry)
            return entry;
        var nearest = Suggestion.For(word, known.Select(e => e.Name));
        var hint = nearest is null ? $"'{before} --help' lists the commands." : $"Did you mean '{before} {nearest}'?";
        throw new CommandFailedException($"'{word}' is not a command. {hint}", ExitCode.WrongUsage);
    }
}
