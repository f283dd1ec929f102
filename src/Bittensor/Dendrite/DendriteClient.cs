using Bittensor.Keys;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>
/// The caller's side: signs requests to axons and reads their answers as a Python dendrite does. One client has one uuid, one
/// strictly rising nonce and one pool of connections. The key pair stays the caller's.
/// </summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/dendrite.py.</remarks>
public sealed class DendriteClient : IDisposable
{
    readonly TimeProvider _time;
    readonly DendriteEnvelope _envelope;
    readonly DendriteTransport _transport;
    long _lastNonce;

    /// <param name="hotkey">Signs every request.</param>
    /// <param name="options">What the dendrite says about itself.</param>
    /// <param name="time">The clock of nonces and timeouts; the system's when null.</param>
    public DendriteClient(Keypair hotkey, DendriteOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(hotkey);
        ArgumentNullException.ThrowIfNull(options);
        _time = time ?? TimeProvider.System;
        Uuid = options.Uuid ?? TimeUuid.Create(_time.GetUtcNow());
        _envelope = new DendriteEnvelope(hotkey, options, Uuid);
        _transport = new DendriteTransport(options.UserAgent, _time);
    }

    /// <summary>Names this client to axons.</summary>
    public string Uuid { get; }

    /// <summary>Builds, signs and sends one request. Failures are values of the response.</summary>
    /// <param name="target">The axon.</param>
    /// <param name="synapse">The request; it is not changed.</param>
    /// <param name="timeout">For the whole exchange; the axon is told and takes it as its deadline.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public Task<DendriteResponse<TSynapse>> CallAsync<TSynapse>(
        AxonTarget target, TSynapse synapse, TimeSpan timeout, CancellationToken cancellation)
        where TSynapse : class, ISynapse<TSynapse> =>
        SendAsync<TSynapse>(Build(target, synapse, timeout), cancellation);

    /// <summary>Builds and signs a request without sending it.</summary>
    public DendriteRequest Build<TSynapse>(AxonTarget target, TSynapse synapse, TimeSpan timeout)
        where TSynapse : class, ISynapse<TSynapse>
    {
        ArgumentNullException.ThrowIfNull(target);
        return _envelope.Build(target, synapse, timeout, NextNonce());
    }

    /// <summary>Sends a built request, as it is. It may have been changed or sent before.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public Task<DendriteResponse<TSynapse>> SendAsync<TSynapse>(DendriteRequest request, CancellationToken cancellation)
        where TSynapse : class, ISynapse<TSynapse> =>
        _transport.SendAsync<TSynapse>(request, cancellation);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>The clock in nanoseconds, moved on where it has not ticked since the last request.</summary>
    long NextNonce()
    {
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        while (true)
        {
            var last = Volatile.Read(ref _lastNonce);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _lastNonce, next, last) == last)
                return next;
        }
    }
}
