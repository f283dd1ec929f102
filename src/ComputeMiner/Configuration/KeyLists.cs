using System.Collections.Immutable;
using Bittensor.Keys;

namespace ComputeMiner.Configuration;

/// <summary>Comma-separated lists of addresses; a wrong entry is named with what is wrong about it.</summary>
static class KeyLists
{
    public static readonly ValueKind<Hotkey> Hotkey = new("SS58", static (text, out value) =>
        Read(text, Bittensor.Keys.Hotkey.Parse, out value), static v => v.ToString());

    public static readonly ValueKind<ImmutableArray<Hotkey>> Hotkeys = ListOf(Bittensor.Keys.Hotkey.Parse);

    public static readonly ValueKind<ImmutableArray<Coldkey>> Coldkeys = ListOf(Coldkey.Parse);

    static ValueKind<ImmutableArray<T>> ListOf<T>(Func<string, T> parse) => new("SS58,…", (text, out list) =>
    {
        list = [];
        var keys = ImmutableArray.CreateBuilder<T>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Read(entry, parse, out var key) is { } fault)
                return $"{fault} ('{entry}' is not)";
            keys.Add(key!);
        }
        list = keys.ToImmutable();
        return null;
    }, static keys => string.Join(',', keys));

    static string? Read<T>(string text, Func<string, T> parse, out T? key)
    {
        key = default;
        try
        {
            key = parse(text);
            return null;
        }
        catch (FormatException fault)
        {
            return $"SS58 addresses of format 42; {char.ToLowerInvariant(fault.Message[0])}{fault.Message[1..].TrimEnd('.')}";
        }
    }
}
