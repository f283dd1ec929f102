using System.Text;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>What --help prints.</summary>
static class HelpText
{
    const int Column = 34;
    const int Width = 110;

    public static string Overview(IEnumerable<CliEntry> entries)
    {
        var text = new StringBuilder("The miner for GPU owners on Bittensor subnet 27.\n\nUsage: miner <command> [flags]\n\nCommands:\n");
        foreach (var entry in entries)
            Line(text, entry.Name, entry.Summary);
        text.Append("\n'miner <command> --help' shows the flags of a command.");
        if (entries.OfType<CliCommand>().FirstOrDefault(c => c.IsReferenceForm) is { } reference)
            text.Append($" Flags without a command mean 'miner {reference.Name}'.");
        return text.Append('\n').ToString();
    }

    public static string OfGroup(CommandGroup group)
    {
        var text = new StringBuilder($"{group.Summary}\n\nUsage: miner {group.Name} <command> [flags]\n\nCommands:\n");
        foreach (var command in group.Commands)
            Line(text, command.Name, command.Summary);
        return text.Append($"\nExample:\n  {group.Commands[0].Example}\n").ToString();
    }

    public static string Of(CliCommand command, string name)
    {
        var text = new StringBuilder($"{command.Summary}\n\nUsage: miner {name}{(command.Argument is { } word ? " " + word : "")} [flags]\n\nExample:\n  {command.Example}\n\nFlags:\n");
        foreach (var flag in command.Flags)
            Line(text, $"{flag.Flag} {flag.Placeholder}", flag.Help);
        if (command.PrintsData)
            Line(text, CommandContext.JsonFlag.Flag, CommandContext.JsonFlag.Help);
        Line(text, "--help", "Print this.");
        var defaults = new MinerOptions();
        var settings = command.Settings.ToList();
        if (settings.Count > 0)
            text.Append("\nSettings (also environment variables MINER_…, and keys in the file of --config):\n");
        foreach (var setting in settings.Where(s => s.WithoutEffect is null))
            Line(text, $"{setting.Flag} {setting.Placeholder}", setting.Help + Default(setting.Show(defaults)) + Variables(setting));
        var inert = settings.Where(s => s.WithoutEffect is not null).ToList();
        if (inert.Count > 0)
            text.Append("\nAccepted without effect in this version:\n");
        foreach (var setting in inert)
            Line(text, setting.Flag, setting.WithoutEffect!);
        return text.ToString();
    }

    static string Default(string shown) => shown.Length == 0 ? "" : $" Default: {shown}.";

    static string Variables(Setting setting) => setting.Variables.IsEmpty ? "" : $" Also {string.Join(", ", setting.Variables)}.";

    static void Line(StringBuilder text, string name, string help)
    {
        text.Append("  ").Append(name.TrimEnd().PadRight(Column - 2));
        if (name.Length > Column - 3)
            text.Append('\n').Append(' ', Column);
        var column = Column;
        foreach (var word in help.Split(' '))
        {
            if (column + word.Length >= Width)
            {
                text.Length--;
                text.Append('\n').Append(' ', Column);
                column = Column;
            }
            text.Append(word).Append(' ');
            column += word.Length + 1;
        }
        text.Length--;
        text.Append('\n');
    }
}
