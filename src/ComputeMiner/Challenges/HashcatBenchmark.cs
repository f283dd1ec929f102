using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ComputeMiner.Challenges;

/// <summary>What hashcat itself says of the devices it sees and of how fast each of them is.</summary>
/// <param name="program">hashcat.</param>
/// <param name="directory">Where its files lie.</param>
/// <param name="gpus">The NVIDIA GPUs that may be used, by uuid; null for all.</param>
/// <param name="time">The clock.</param>
sealed partial class HashcatBenchmark(HashcatProgram program, HashcatDirectory directory, IReadOnlyList<string>? gpus, TimeProvider time)
{
    /// <summary>hashcat's modes of the challenges there are.</summary>
    public static ImmutableArray<int> Modes { get; } = [600, 610];

    /// <summary>The devices hashcat would compute on; empty where it finds none.</summary>
    public async Task<IReadOnlyList<HashcatDevice>> ListDevicesAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        await RunAsync(["--backend-info"], lines.Add, cancellation);
        return Read(lines);
    }

    /// <summary>Measures one mode on every device.</summary>
    /// <param name="mode">One of <see cref="Modes"/>.</param>
    /// <param name="options">More options of the operator's.</param>
    /// <param name="cancellation">Ends hashcat.</param>
    /// <returns>Hashes per second by device.</returns>
    /// <exception cref="HashcatException">hashcat measured nothing.</exception>
    public async Task<IReadOnlyDictionary<int, double>> MeasureAsync(int mode, ImmutableArray<string> options, CancellationToken cancellation)
    {
        var rates = new Dictionary<int, double>();
        var exit = await RunAsync(
            ["--benchmark", "--hash-type", mode.ToString(CultureInfo.InvariantCulture), "--machine-readable", "--opencl-device-types", "1,2", .. options],
            line =>
            {
                if (RateLine().Match(line) is { Success: true } match)
                    rates[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)] = double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            },
            cancellation);
        cancellation.ThrowIfCancellationRequested();
        return rates.Count > 0
            ? rates
            : throw new HashcatException($"{program.Path} measured nothing in mode {mode}; it ended with {exit.Code}, {exit.Meaning}. {exit.Errors}");
    }

    // "Backend Device ID #1 (Alias: #2)" and below it its type and name; a device of CUDA has no type (hashcat, src/terminal.c).
    internal static IReadOnlyList<HashcatDevice> Read(IEnumerable<string> lines)
    {
        var devices = new List<HashcatDevice>();
        HashcatDevice? device = null;
        foreach (var line in lines)
        {
            if (DeviceLine().Match(line) is { Success: true } head)
            {
                device = new HashcatDevice(int.Parse(head.Groups[1].Value, CultureInfo.InvariantCulture), "GPU", "");
                // The same device a second time, under another interface.
                if (head.Groups[2].Success && devices.Exists(d => d.Id.ToString(CultureInfo.InvariantCulture) == head.Groups[2].Value))
                    device = null;
            }
            else if (device is not null && FieldLine().Match(line) is { Success: true } field)
            {
                if (field.Groups[1].Value == "Type")
                {
                    device = device with { Type = field.Groups[2].Value };
                    continue;
                }
                devices.Add(device with { Name = field.Groups[2].Value });
                device = null;
            }
        }
        return devices;
    }

    async Task<HashcatExit> RunAsync(IEnumerable<string> arguments, Action<string> onLine, CancellationToken cancellation)
    {
        var run = directory.CreateRun();
        try
        {
            return await HashcatProcess.RunAsync(program.Start(arguments, run, directory.Cache, gpus), onLine, time, cancellation);
        }
        finally
        {
            HashcatDirectory.RemoveRun(run);
        }
    }

    [GeneratedRegex(@"\A\s*Backend Device ID #([0-9]{1,4})(?: \(Alias: #([0-9]{1,4})\))?")]
    private static partial Regex DeviceLine();

    [GeneratedRegex(@"\A\s*(Type|Name)\.+: (.{1,200}?)\s*\z")]
    private static partial Regex FieldLine();

    // device:mode:core clock:memory clock:milliseconds:hashes per second
    [GeneratedRegex(@"\A([0-9]{1,4}):[0-9]{1,5}:[0-9]{0,20}:[0-9]{0,20}:[0-9.]{1,20}:([0-9]{1,20})\z")]
    private static partial Regex RateLine();
}
