using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ComputeMiner.Configuration;

namespace ComputeMiner.Challenges;

/// <summary>A hashcat that was found and is new enough.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Version">What it says of itself, such as v6.2.6.</param>
sealed partial record HashcatProgram(string Path, string Version)
{
    /// <summary>The oldest one with the options that are used. Debian 12 has 6.2.6, Ubuntu 22.04 has 6.2.5.</summary>
    static readonly Version Oldest = new(6, 2);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    const string Install = "Install it with `sudo apt-get install hashcat`, or name it with --miner.hashcat.path.";

    // What a program needs of the environment to find its libraries and devices; secrets of ours are not among it.
    static readonly ImmutableArray<string> KeptVariables = ["PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH"];
    static readonly ImmutableArray<string> KeptPrefixes = ["CUDA_", "NVIDIA_", "OCL_", "OPENCL_", "POCL_", "LLVM_"];

    /// <summary>Finds the program and asks for its version.</summary>
    /// <exception cref="HashcatException">It is missing, cannot be run, says nothing sensible or is too old.</exception>
    public static async Task<HashcatProgram> FindAsync(string path, TimeProvider time, CancellationToken cancellation)
    {
        var file = Locate(HomePath.Expand(path)) ?? throw new HashcatException($"There is no program {path}. {Install}");
        if (Locate(HashcatProcess.Launcher) is null)
            throw new HashcatException($"There is no program {HashcatProcess.Launcher}, which ties hashcat's life to the miner's. Install package util-linux.");
        var words = new List<string>();
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var exit = await HashcatProcess.RunAsync(new HashcatProgram(file, "").Start(["--version"], "/", "/"), words.Add, time, both.Token);
        cancellation.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested)
            throw new HashcatException($"{file} does not tell its version within {Patience.TotalSeconds:0} s. {Install}") { Ended = exit.Ended };
        var said = words.FirstOrDefault(word => word.Length > 0) ?? "";
        if (exit.Code != 0 || VersionText().Match(said) is not { Success: true } match)
            throw new HashcatException($"{file} is no hashcat: asked for its version it ended with {exit.Code} and '{Clip(said.Length > 0 ? said : exit.Errors)}'. {Install}");
        var version = new Version(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        return version >= Oldest
            ? new HashcatProgram(file, match.Value)
            : throw new HashcatException($"{file} is hashcat {match.Value}; {Oldest} or later is needed. Install a newer one, or name it with --miner.hashcat.path.");
    }

    /// <summary>How it is started: no shell, a clean environment, its own files under directories of ours.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="cache">Where it keeps compiled kernels.</param>
    /// <param name="gpus">
    /// The NVIDIA GPUs it may see, by uuid; null for all. CUDA and NVIDIA's OpenCL both obey, so that no option of hashcat's reaches another.
    /// </param>
    public ProcessStartInfo Start(IEnumerable<string> arguments, string directory, string cache, IReadOnlyList<string>? gpus = null)
    {
        var start = HashcatProcess.Describe(Path, arguments);
        start.WorkingDirectory = directory;
        start.Environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (KeptVariables.Contains(name) || KeptPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                start.Environment[name] = (string?)variable.Value;
        }
        start.Environment["HOME"] = start.Environment["TMPDIR"] = start.Environment["XDG_DATA_HOME"] = directory;
        start.Environment["XDG_CACHE_HOME"] = cache;
        start.Environment["POCL_CACHE_DIR"] = System.IO.Path.Combine(cache, "pocl");
        start.Environment["CUDA_CACHE_PATH"] = System.IO.Path.Combine(cache, "cuda");
        if (gpus is not null)
            start.Environment["CUDA_VISIBLE_DEVICES"] = string.Join(',', gpus);
        return start;
    }

    static string? Locate(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return File.Exists(name) ? System.IO.Path.GetFullPath(name) : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    static string Clip(string text) => text.Length <= 200 ? text.Trim() : text[..200].Trim() + "…";

    [GeneratedRegex(@"\Av?([0-9]{1,3})\.([0-9]{1,3})(\.[0-9]{1,3})?")]
    private static partial Regex VersionText();
}
