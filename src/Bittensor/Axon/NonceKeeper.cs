using Bittensor.Keys;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon;

/// <summary>
/// Lets nothing that an earlier run accepted in again, wherever that run was killed and whatever the clock says at the next start:
/// (1) no other nonce counts than one below the <see cref="NonceMark"/>, which is raised first; a run starts with it as the floor;
/// (2) a nonce ahead of our clock is written down for its hotkey alone before its request counts, with a reserve, so that most of the next
/// ones need no write: one caller's clock keeps nobody else waiting;
/// (3) a power failure can take the mark's last seconds. So the clock is flushed to disk every two seconds while requests come in, and a
/// start before that moment lets nothing in from before it, or from the time until the next write would have been.
/// A run also starts with its clock as the floor, which covers a mark that was deleted.
/// </summary>
sealed partial class NonceKeeper(NonceFile? file, NonceWindow window, AxonOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often the clock is written down, while anything is accepted.</summary>
    static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim _turn = new(1, 1);
    readonly CancellationTokenSource _stop = new();
    NonceMarks _written = NonceMarks.None;
    volatile NonceMark? _mark;
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
        OpenMark();
        if (_written.Clock > now)
            window.RaiseFloor(_written.Clock + (2 * Nanoseconds(Period)));
        // A mark is a little ahead of the clock of a run that was killed; more is another clock.
        var marked = _mark?.Left is > 0 and var left ? left - Nanoseconds(Period) : long.MinValue;
        if (Math.Max(_written.Clock, marked) is var last && last > now)
            Log.ClockSetBack(logger, (last - now) / 1e9);
        foreach (var (hotkey, bound) in _written.Ahead)
            window.RaiseFloor(hotkey, bound);
        _loop = RunAsync();
    }

    /// <summary>True when a nonce of this hotkey may count without being written down first.</summary>
    public bool IsSafe(Hotkey hotkey, long nonce, DateTimeOffset receivedAt) =>
        file is null
        || (nonce <= Nanoseconds(receivedAt) && _mark is { } mark && mark.Covers(nonce))
        || (Volatile.Read(ref _written).Ahead.TryGetValue(hotkey, out var bound) && nonce <= bound);

    /// <summary>Writes down, for its hotkey, a nonce that is not safe; false when that failed, and then it must not count.</summary>
    public async ValueTask<bool> TryKeepAsync(Hotkey hotkey, long nonce)
    {
        // Writing waits for the disk, and the thread of the connections must not.
        await _turn.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (_written.Ahead.TryGetValue(hotkey, out var bound) && nonce <= bound)
                return true;
            var current = Current();
            return TryWrite(current with { Ahead = current.Ahead.SetItem(hotkey, nonce + Nanoseconds(options.NonceReserve)) });
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
        _mark?.Settle(window.HighWaterMark);
        _mark?.Dispose();
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
        if (_mark is null)
            OpenMark();
        _turn.Release();
    }

    // Without it every nonce is written down for its hotkey.
    void OpenMark()
    {
        try
        {
            var mark = NonceMark.Open(file!.Path + ".mark");
            if (mark.Left is null)
                Log.Unreadable(logger, file.Path + ".mark", "It is damaged.", options.ClockSkew.TotalSeconds);
            window.RaiseFloor(mark.Left ?? Now + Nanoseconds(options.ClockSkew));
            _mark = mark;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.CannotMark(logger, file!.Path + ".mark", fault.Message);
        }
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
