namespace ComputeMiner.Configuration;

/// <summary>A flag of one command only, with the kind of its value and the value it has when absent.</summary>
sealed class CommandFlag<T>(string key, ValueKind<T> kind, T absent, string help) : CommandFlag(key, kind.Placeholder, help)
{
    public override string? Check(string text) => kind.Read(text, out _);

    /// <summary>The value in a checked configuration.</summary>
    public T In(LoadedConfiguration configuration) =>
        configuration.Flags.TryGetValue(Key, out var text) && kind.Read(text, out var value) is null ? value! : absent;
}
