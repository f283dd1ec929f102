using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ComputeMiner.Challenges;

/// <summary>
/// The hashcat options an operator may add: those that choose devices and tune speed. None of them names a file, changes what is
/// searched or where the result goes.
/// </summary>
static partial class HashcatOptions
{
    public const string Allowed = "hashcat options out of -O -M -S -d -D -w -n -u -T --force --self-test-disable --hwmon-disable "
        + "--hwmon-temp-abort --backend-ignore-cuda --backend-ignore-hip --backend-ignore-metal --backend-ignore-opencl "
        + "--backend-vector-width --spin-damp --segment-size --bitmap-min --bitmap-max --cpu-affinity --hook-threads --markov-disable "
        + "--markov-threshold, numbers as their values";

    // Names and values: hashcat 6.2.6, src/user_options.c.
    static readonly ImmutableHashSet<string> Switches =
    [
        "-O", "--optimized-kernel-enable", "-M", "--multiply-accel-disable", "-S", "--slow-candidates", "--force", "--self-test-disable",
        "--hwmon-disable", "--backend-ignore-cuda", "--backend-ignore-hip", "--backend-ignore-metal", "--backend-ignore-opencl", "--markov-disable",
    ];

    static readonly ImmutableHashSet<string> Numbers =
    [
        "-w", "--workload-profile", "-n", "--kernel-accel", "-u", "--kernel-loops", "-T", "--kernel-threads", "--hwmon-temp-abort",
        "--backend-vector-width", "--spin-damp", "--segment-size", "--bitmap-min", "--bitmap-max", "--hook-threads", "-t", "--markov-threshold",
    ];

    static readonly ImmutableHashSet<string> NumberLists =
        ["-d", "--backend-devices", "-D", "--opencl-device-types", "--cpu-affinity"];

    /// <summary>Reads the options as hashcat would, one argument each; a value may follow or be attached: "-n 64", "-n64", "--kernel-accel=64".</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Read(string text, out ImmutableArray<string> arguments)
    {
        var read = ImmutableArray.CreateBuilder<string>();
        arguments = [];
        var words = new Queue<string>(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        while (words.TryDequeue(out var word))
        {
            var (name, value) = Divide(word);
            if (Switches.Contains(name) && value is null)
            {
                read.Add(name);
                continue;
            }
            var pattern = Numbers.Contains(name) ? Number() : NumberLists.Contains(name) ? NumberList() : null;
            if (pattern is null || (value is null && !words.TryDequeue(out value)) || !pattern.IsMatch(value))
                return Allowed;
            read.Add(name);
            read.Add(value);
        }
        arguments = read.ToImmutable();
        return null;
    }

    static (string Name, string? Value) Divide(string word)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
            return word.Length > 2 ? (word[..2], word[2..]) : (word, null);
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    [GeneratedRegex(@"\A[0-9]{1,9}\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[0-9]{1,4}(,[0-9]{1,4}){0,63}\z")]
    private static partial Regex NumberList();
}
