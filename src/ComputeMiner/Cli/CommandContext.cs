using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>What a command works with.</summary>
sealed class CommandContext(LoadedConfiguration configuration, CliConsole console)
{
    /// <summary>The switch of commands that print data.</summary>
    public static readonly CommandFlag<bool> JsonFlag = new("json", ValueKinds.Switch, false, "Print JSON.");

    public LoadedConfiguration Configuration => configuration;

    public MinerOptions Options => configuration.Options;

    public CliConsole Console => console;

    public bool Json => Get(JsonFlag);

    /// <summary>The word the command needs beside flags.</summary>
    public string Argument => configuration.Arguments[0];

    /// <summary>The value of one of the command's own flags.</summary>
    public T Get<T>(CommandFlag<T> flag) => flag.In(configuration);

    /// <summary>Prints one JSON document on a line of its own.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => console.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
