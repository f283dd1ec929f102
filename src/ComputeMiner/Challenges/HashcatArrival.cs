namespace ComputeMiner.Challenges;

/// <summary>
/// Asks hashcat for its version beside everything else: one that hangs is said and asked again, while the machine is handed out and challenges
/// are answered as without it. One that is missing or cannot be used is the operator's to mend first.
/// </summary>
/// <param name="path">The program.</param>
/// <param name="begin">Makes of it what works on challenges.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What an operator acts on.</param>
sealed partial class HashcatArrival(string path, Func<HashcatProgram, ChallengeSolver> begin, TimeProvider time, ILogger<HashcatArrival> logger)
    : BackgroundService
{
    public const string Remedy = "see what it waits for with `ps -C hashcat -o pid,stat,wchan`; or leave out --challenge.enabled";

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    volatile ChallengeSolver? _solver;
    volatile string _detail = "it is to tell its version";

    /// <summary>What works on challenges; null until hashcat has answered.</summary>
    public ChallengeSolver? Solver => _solver;

    /// <summary>How it stands, for the status.</summary>
    public string Detail => _detail;

    /// <summary>As <see cref="ChallengeSolver.YieldAsync"/>: before the answer nothing runs that could be in the way.</summary>
    public Task<string?> YieldAsync(CancellationToken cancellation) => _solver?.YieldAsync(cancellation) ?? Task.FromResult<string?>(null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await AskAsync(stoppingToken);
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    async Task AskAsync(CancellationToken cancellation)
    {
        for (var hung = false; ;)
        {
            try
            {
                var program = await HashcatProgram.FindAsync(path, time, cancellation);
                _solver = begin(program);
                _detail = $"{program.Version} at {program.Path}";
                return;
            }
            catch (HashcatException fault) when (fault.Ended is not null || hung)
            {
                hung = true;
                _detail = $"{fault.Message} It is asked again.";
                Log.Hangs(logger, fault.Message, Pause.TotalSeconds);
                // Not beside one that cannot be killed: each would stay.
                await (fault.Ended ?? Task.CompletedTask).WaitAsync(cancellation);
            }
            catch (HashcatException fault)
            {
                throw new StartupException(fault.Message, fault);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }

    static partial class Log
    {
        [LoggerMessage(5030, LogLevel.Error, "{Reason} Challenges are answered as without it; next try in {Seconds} s.")]
        public static partial void Hangs(ILogger logger, string reason, double seconds);
    }
}
