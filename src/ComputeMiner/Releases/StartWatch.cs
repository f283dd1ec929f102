using ComputeMiner.Control;

namespace ComputeMiner.Releases;

/// <summary>
/// Ends an installed release that hangs at its start in its first day, which then counts as any other quick end: on trial nobody had the
/// machine, and what it does at a start beside a rental nobody has seen. One that answered once is left alone.
/// </summary>
sealed partial class StartWatch(string stateDirectory, TimeProvider time, ILogger logger)
{
    /// <summary>Longer than anything outside of the miner keeps a start from answering: a GPU driver that hangs does so for forty seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    const int MostAsks = 3;

    /// <summary>Until it answered or ended.</summary>
    /// <returns>Whether it hung, and was ended for that.</returns>
    public async Task<bool> FollowAsync(SupervisedProgram program, string version, CancellationToken stop)
    {
        if (new UpdateStore(stateDirectory).State.Watch?.Version != version)
            return false;
        for (var ask = 0; ask < MostAsks; ask++)
        {
            await Task.WhenAny(program.Ended, Task.Delay(ask == 0 ? Patience : Pause, time, stop));
            if (program.Ended.IsCompleted || stop.IsCancellationRequested || await AnswersAsync(stop))
                return false;
        }
        Log.Silent(logger, version, Patience.TotalMinutes);
        await program.KillAsync();
        return true;
    }

    async Task<bool> AnswersAsync(CancellationToken stop)
    {
        try
        {
            return await ControlClient.AskAsync(stateDirectory, new ControlRequest(ControlRequest.Holder), stop) is not null;
        }
        catch (ControlException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            // It is stopped or has ended: no answer is asked of it any more.
            return true;
        }
    }

    static partial class Log
    {
        [LoggerMessage(6355, LogLevel.Error, "The installed version {Version} does not answer {Minutes:0} minutes after its start, and is ended")]
        public static partial void Silent(ILogger logger, string version, double minutes);
    }
}
