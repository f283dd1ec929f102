using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;

namespace Bittensor.Substrate.Rpc;

/// <summary>
/// JSON-RPC over one WebSocket: matches replies to requests in any order and notifications to subscriptions, even when one comes
/// before its subscription's id. Ends once and for all on the first fault; whoever needs a new one opens it.
/// </summary>
sealed class RpcConnection : IAsyncDisposable
{
    // Heads, versions and statuses have a few kB. Notifications wait for their reader, and so many large ones would fill the memory.
    const int LongestNotification = 64 * 1024;

    readonly RpcSocket _socket;
    readonly SubstrateOptions _options;
    readonly TimeProvider _time;
    readonly RequestPatience _patience;
    readonly CancellationTokenSource _stopping = new();
    readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    readonly Lock _subscriptionsLock = new();
    readonly Dictionary<string, RpcSubscription> _subscriptions = [];
    readonly EarlyNotifications _early = new();
    readonly TaskCompletionSource<SubstrateException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _receiving;
    long _lastId;

    RpcConnection(Uri endpoint, RpcSocket socket, SubstrateOptions options, TimeProvider time, RequestPatience patience)
    {
        (Endpoint, Name, _socket, _options, _time, _patience) = (endpoint, ShownEndpoint.Of(endpoint), socket, options, time, patience);
        _receiving = Task.Run(ReceiveAllAsync);
    }

    public Uri Endpoint { get; }

    /// <summary>The endpoint as messages may show it.</summary>
    public string Name { get; }

    /// <summary>Completes with the reason when the connection ends.</summary>
    public Task<SubstrateException> Ended => _ended.Task;

    public bool HasEnded => _ended.Task.IsCompleted;

    /// <param name="endpoint">Where to connect.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops connecting.</param>
    /// <param name="patience">What earlier connections to this endpoint have taught; null for the first.</param>
    public static async Task<RpcConnection> ConnectAsync(
        Uri endpoint, SubstrateOptions options, TimeProvider time, CancellationToken cancellation, RequestPatience? patience = null)
    {
        var socket = await RpcSocket.ConnectAsync(endpoint, options.MaximumMessageBytes, options.ConnectTimeout, time, cancellation);
        return new RpcConnection(endpoint, socket, options, time, patience ?? new RequestPatience(options, time));
    }

    /// <summary>Sends a request and waits for its result.</summary>
    /// <param name="method">The node's method.</param>
    /// <param name="parameters">Writes them; null for none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="name">What is asked, where the method alone does not say it.</param>
    /// <param name="isLarge">True for an answer that may take long.</param>
    /// <exception cref="SubstrateException">The node answered with an error, did not answer in time, or the connection ended.</exception>
    public Task<JsonElement> CallAsync(
        string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancellation, string? name = null, bool isLarge = false) =>
        RequestAsync(method, parameters, new PendingRequest(name ?? method, null, isLarge, _time.GetTimestamp()), cancellation);

    /// <summary>Opens a subscription; dispose it to close it.</summary>
    /// <exception cref="SubstrateException">As <see cref="CallAsync"/>.</exception>
    public async Task<RpcSubscription> SubscribeAsync(
        string method, string unsubscribeMethod, Action<Utf8JsonWriter>? parameters, CancellationToken cancellation)
    {
        var subscription = new RpcSubscription(this, unsubscribeMethod);
        await RequestAsync(method, parameters, new PendingRequest(method, subscription, false, _time.GetTimestamp()), cancellation);
        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        End(new SubstrateException($"The connection to the chain at {Name} was closed.", isTransient: true));
        await _receiving;
        _stopping.Dispose();
    }

    internal void Unsubscribe(RpcSubscription subscription, string method)
    {
        lock (_subscriptionsLock)
            _subscriptions.Remove(subscription.Id);
        if (subscription.Id.Length > 0 && !HasEnded)
            _ = SendUnawaitedAsync(RpcMessage.Request(Interlocked.Increment(ref _lastId), method, writer => writer.WriteStringValue(subscription.Id)));
    }

    async Task<JsonElement> RequestAsync(string method, Action<Utf8JsonWriter>? parameters, PendingRequest pending, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var allowance = _patience.Of(pending.IsLarge);
        _pending[id] = pending;
        try
        {
            // Registered first, checked then: an end between the two fails this request too.
            if (HasEnded)
                throw await Ended;
            return await AskAsync(RpcMessage.Request(id, method, parameters), pending, allowance, cancellation);
        }
        catch (TimeoutException)
        {
            // A server that leaves one request unanswered is not trusted with the next.
            var fault = new SubstrateException(
                $"The chain at {Name} did not answer {pending.Name} within {allowance.TotalSeconds:0.#} s.", isTransient: true);
            // Whatever else waits on this connection fails with it, and is the same miss.
            if (End(fault))
                _patience.Missed(pending.Name);
            throw fault;
        }
        catch (SubstrateException fault) when (fault.Code is null)
        {
            End(fault);
            throw;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>
    /// Sends a request and waits for its reply. Where more than the usual time is granted the node has missed answers before: if it has
    /// come back meanwhile it may know nothing of a request sent earlier, and a connection that is dead without our knowing breaks at the
    /// next word. So a read is sent again; the first of its replies counts.
    /// </summary>
    async Task<JsonElement> AskAsync(ReadOnlyMemory<byte> message, PendingRequest pending, TimeSpan allowance, CancellationToken cancellation)
    {
        var isRepeatable = pending.Subscription is null && !pending.IsLarge;
        for (var left = allowance; ; left -= _options.RequestTimeout)
        {
            var isLast = !isRepeatable || left <= _options.RequestTimeout;
            var wait = isLast ? left : _options.RequestTimeout;
            try
            {
                // The time runs before the request leaves: sending may be what hangs.
                var answered = pending.Result.Task.WaitAsync(wait, _time, cancellation);
                var sending = _socket.SendAsync(message, cancellation);
                if (await Task.WhenAny(sending, answered) == sending)
                    await sending;
                return await answered;
            }
            catch (TimeoutException) when (!isLast)
            {
                // Once more.
            }
        }
    }

    async Task ReceiveAllAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                await _socket.ReceiveAsync(message, _stopping.Token);
                // What is no JSON, or no message of ours, is passed over: the next one may be good.
                foreach (var item in RpcMessage.Parse(message.WrittenSpan))
                    Dispatch(item, message.WrittenCount);
            }
        }
        catch (SubstrateException fault)
        {
            End(fault);
        }
        catch (OperationCanceledException)
        {
            // End has run already.
        }
    }

    void Dispatch(RpcMessage message, int bytes)
    {
        try
        {
            Route(message, bytes);
        }
        catch (InvalidOperationException)
        {
            // A text that holds half a surrogate pair cannot be read; it is garbage like any other.
        }
    }

    void Route(RpcMessage message, int bytes)
    {
        if (message.ReplyId is { } id)
        {
            if (_pending.TryRemove(id, out var pending))
                Complete(pending, message);
        }
        else if (bytes <= LongestNotification && message.TryGetNotification(out var subscriptionId, out var result))
        {
            lock (_subscriptionsLock)
            {
                if (_subscriptions.TryGetValue(subscriptionId, out var subscription))
                    subscription.Deliver(result);
                else
                    _early.Add(subscriptionId, result, bytes);
            }
        }
    }

    void Complete(PendingRequest pending, RpcMessage message)
    {
        _patience.Answered(pending.Name, _time.GetElapsedTime(pending.AskedAt));
        if (message.Fault(pending.Name) is { } fault)
        {
            pending.Result.TrySetException(fault);
            return;
        }
        if (pending.Subscription is { } subscription)
        {
            if (!RpcMessage.TryReadId(message.Result, out var id))
            {
                pending.Result.TrySetException(new SubstrateException($"The node answered {pending.Name} without a subscription id.", isTransient: true));
                return;
            }
            lock (_subscriptionsLock)
            {
                subscription.Open(id);
                _subscriptions[id] = subscription;
                foreach (var early in _early.Take(id))
                    subscription.Deliver(early);
                if (HasEnded)
                    subscription.End(_ended.Task.Result);
            }
        }
        pending.Result.TrySetResult(message.Result);
    }

    /// <summary>False when it had ended already.</summary>
    bool End(SubstrateException fault)
    {
        if (!_ended.TrySetResult(fault))
            return false;
        _stopping.Cancel();
        _socket.Dispose();
        foreach (var pending in _pending.Values)
            pending.Result.TrySetException(fault);
        lock (_subscriptionsLock)
        {
            foreach (var subscription in _subscriptions.Values)
                subscription.End(fault);
            _subscriptions.Clear();
        }
        return true;
    }

    async Task SendUnawaitedAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            await _socket.SendAsync(message, CancellationToken.None);
        }
        catch (SubstrateException fault)
        {
            End(fault);
        }
    }

    /// <summary>A request that waits for its reply.</summary>
    sealed record PendingRequest(string Name, RpcSubscription? Subscription, bool IsLarge, long AskedAt)
    {
        public TaskCompletionSource<JsonElement> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
