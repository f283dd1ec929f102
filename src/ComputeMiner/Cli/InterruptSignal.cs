using System.Runtime.InteropServices;

namespace ComputeMiner.Cli;

/// <summary>Turns the first Ctrl+C or SIGTERM into a cancellation; the second ends the process at once, as the system does it.</summary>
sealed class InterruptSignal : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration[] _registrations;

    readonly bool _isRepeated;

    /// <param name="isRepeated">
    /// Each signal comes twice, from the terminal or service manager and from the process that started this one: only that one ends this at once.
    /// </param>
    public InterruptSignal(bool isRepeated = false)
    {
        _isRepeated = isRepeated;
        _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = _isRepeated || !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
