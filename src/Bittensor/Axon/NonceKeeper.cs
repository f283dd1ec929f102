using Bittensor.Keys;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon;

/// <summary>
/// Lets nothing that an earlier run accepted in again, wherever that run was killed. Three rules do it:
/// (1) a run starts with its clock as the floor, so that what was accepted before and lay in the past is old;
/// (2) a nonce ahead of our clock is written down before its request counts, with a reserve, so that most of the next ones need no write;
/// (3) the clock is written down every two seconds while requests come in: a start before that moment means that the clock was set back,
/// and then nothing from before that moment, or from the time until the next write, is let in.
/// </summary>
sealed partial class NonceKeeper(NonceFile? file, NonceWindow window, AxonOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often the clock is written down, while anything is accepted.</summary>
    static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim _turn = new(1, 1);
    readonly CancellationTokenSource _stop = new();
    NonceMarks _written = NonceMarks.None;
    Task _loop = Task.CompletedTask;
    bool _failing;

    /// <summary>Raises the floors to what earlier runs may have accepted and begins to write.</summary>
    public void Start()
    {
        if (file is null)
            return;
        var now = Now;
        window.RaiseFloor(now);
        try
        {
            _written = file.Read() ?? NonceMarks.None;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Nobody knows what was accepted: only what could not have been accepted before gets in.
            window.RaiseFloor(now + Nanoseconds(options.ClockSkew));
            Log.Unreadable(logger, file.Path, fault.Message, options.ClockSkew.TotalSeconds);
        }
        if (_written.Clock > now)
        {
            window.RaiseFloor(_written.Clock + (2 * Nanoseconds(Period)));
            Log.ClockSetBack(logger, (_written.Clock - now) / 1e9);
        }
        foreach (var (hotkey, bound) in _written.Ahead)
            window.RaiseFloor(hotkey, bound);
        _loop = RunAsync();
    }

    /// <summary>True when a nonce of this hotkey may count without being written down first.</summary>
    public bool IsSafe(Hotkey hotkey, long nonce, DateTimeOffset receivedAt) =>
        file is null || nonce <= Nanoseconds(receivedAt) || (Volatile.Read(ref _written).Ahead.TryGetValue(hotkey, out var bound) && nonce <= bound);

    /// <summary>Writes a nonce ahead of our clock down; false when that failed, and then it must not count.</summary>
    public async ValueTask<bool> TryKeepAsync(Hotkey hotkey, long nonce)
    {
        await _turn.WaitAsync();
        try
        {
            if (_written.Ahead.TryGetValue(hotkey, out var bound) && nonce <= bound)
                return true;
            var ahead = Current().Ahead.SetItem(hotkey, nonce + Nanoseconds(options.NonceReserve));
            return TryWrite(new NonceMarks(Now, ahead));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the last time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _loop;
        _turn.Dispose();
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await FlushAsync();
        }
        catch (OperationCanceledException)
        {
            await FlushAsync();
        }
    }

    async Task FlushAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        if (window.HighWaterMark > _written.Clock)
            TryWrite(Current());
        _turn.Release();
    }

    /// <summary>The marks of this moment. A bound that our clock has passed says nothing that rule 1 does not.</summary>
    NonceMarks Current()
    {
        var now = Now;
        return new NonceMarks(Math.Max(now, _written.Clock), _written.Ahead.RemoveRange(_written.Ahead.Where(mark => mark.Value <= now).Select(mark => mark.Key)));
    }

    bool TryWrite(NonceMarks marks)
    {
        try
        {
            file!.Write(marks);
            Volatile.Write(ref _written, marks);
            if (_failing)
                Log.WritesAgain(logger, file.Path);
            _failing = false;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                Log.CannotWrite(logger, file!.Path, fault.Message);
            _failing = true;
            return false;
        }
    }

    long Now => Nanoseconds(time.GetUtcNow());

    static long Nanoseconds(DateTimeOffset at) => Nanoseconds(at - DateTimeOffset.UnixEpoch);

    static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
