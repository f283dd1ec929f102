using System.Text.RegularExpressions;
using Bittensor.Keys;

namespace ComputeMiner.Challenges;

/// <summary>
/// What a challenge is called in the log, the status and its answer: the first eight characters of the caller's hotkey, the difficulty
/// and ten digits of the hash (ni-compute, neurons/miner.py, challenge).
/// </summary>
static partial class RunId
{
    public static string Of(Hotkey caller, int difficulty, string hash)
    {
        var part = hash.Length > 10 ? hash[10..Math.Min(20, hash.Length)] : "";
        return $"{caller.ToString()[..8]}/{difficulty}/{Unexpected().Replace(part, "_")}";
    }

    // A caller's text goes into log lines: only what a hash is made of.
    [GeneratedRegex("[^0-9A-Za-z$]")]
    private static partial Regex Unexpected();
}
