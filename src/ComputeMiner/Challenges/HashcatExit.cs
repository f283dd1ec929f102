namespace ComputeMiner.Challenges;

/// <summary>How a hashcat process ended.</summary>
/// <param name="Code">Its exit code, 128 and the number of the signal that ended it, or <see cref="NotStarted"/>.</param>
/// <param name="Errors">The end of what it wrote to standard error.</param>
sealed record HashcatExit(int Code, string Errors)
{
    /// <summary>The process could not be started.</summary>
    public const int NotStarted = 127;

    /// <summary>The process was killed and has not ended.</summary>
    public const int NotEnded = 137;

    /// <summary>Completes when the process ends; completed already, unless it was killed and did not.</summary>
    public Task Ended { get; private init; } = Task.CompletedTask;

    /// <summary>The process's number where it has not ended, else 0.</summary>
    public int Left { get; private init; }

    /// <summary>A killed process that did not end.</summary>
    public static HashcatExit Of(int id, Task ended) => new(NotEnded, "") { Left = id, Ended = ended };

    /// <summary>hashcat's own word for the code (hashcat, docs/status_codes.txt; negative ones as the system shows them).</summary>
    public string Meaning => Code switch
    {
        0 => "cracked",
        1 => "exhausted: no password of the mask has this hash",
        2 => "aborted",
        3 => "aborted by checkpoint",
        4 => "aborted by runtime",
        5 => "aborted by finish",
        126 or NotStarted => "the program could not be started",
        245 => "self-test failed",
        246 => "autotune failed",
        >= 247 and <= 253 => "backend error",
        254 => "a device is too hot",
        255 => "error: no usable device or a wrong setting",
        > 128 => $"ended by signal {Code - 128}",
        _ => "unknown",
    };
}
