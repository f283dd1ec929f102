using System.Text;
using Bittensor.Keys;
using Bittensor.Synapses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon;

/// <summary>
/// The way of a request, in order: (1) limits and framing, (2) route, (3) headers, (4) admission, (5) freshness, (6) signature,
/// (7) body, (8) identity cross-check, (9) turn, (10) handler, (11) answer.
/// </summary>
/// <remarks>
/// The order decides which code a bad request gets. Admission comes before the signature because it is cheap; it knows the
/// hotkey only as a claim. Nothing that costs or changes anything happens before the signature holds. The axon holds no key:
/// nothing is signed per request.
/// </remarks>
public sealed partial class AxonPipeline
{
    readonly AxonOptions _options;
    readonly byte[] _hotkey;
    readonly IAxonAdmission _admission;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly RequestFraming _framing;
    readonly AxonRoutes _routes;
    readonly RequestFreshness _freshness;
    readonly RequestFreshness _openFreshness;
    readonly CallerTrust _trust;
    readonly BodyReader _body;
    readonly TurnQueue _turns;
    readonly AxonAnswer _answer;

    /// <param name="options">Limits.</param>
    /// <param name="hotkey">The miner's own hotkey: requests must be signed for it.</param>
    /// <param name="admission">Who may call.</param>
    /// <param name="endpoints">The synapses that are served, besides the ping.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Requests at Debug, failing handlers at Error.</param>
    /// <exception cref="ArgumentException">Two endpoints have the same route.</exception>
    public AxonPipeline(
        AxonOptions options, Hotkey hotkey, IAxonAdmission admission, IEnumerable<AxonEndpoint> endpoints, TimeProvider time,
        ILogger<AxonPipeline> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _admission, _time, _logger) = (options, admission, time, logger);
        _hotkey = Encoding.ASCII.GetBytes(hotkey.ToString());
        IReadOnlyList<AxonEndpoint> served = [new PingEndpoint(), .. endpoints];
        Statistics = new AxonStatistics(served.Select(endpoint => endpoint.Route));
        _framing = new RequestFraming(options);
        _routes = new AxonRoutes(served, Statistics);
        _freshness = new RequestFreshness(options, Nonces);
        // Anyone may ping: what strangers send must not push out what is remembered of admitted callers.
        _openFreshness = new RequestFreshness(options, new NonceWindow());
        _trust = new CallerTrust(options, time);
        _body = new BodyReader(options);
        _turns = new TurnQueue(options.MaxWorkers, options.MaxWaiting, time);
        _answer = new AxonAnswer(options);
        Keeper = new NonceKeeper(options.NonceFile is { } path ? new NonceFile(path) : null, Nonces, options, time, logger);
    }

    /// <summary>Counts by route and outcome.</summary>
    public AxonStatistics Statistics { get; }

    /// <summary>What is remembered of admitted callers' nonces.</summary>
    public NonceWindow Nonces { get; } = new();

    /// <summary>Carries nonces over a restart.</summary>
    internal NonceKeeper Keeper { get; }

    /// <summary>Handlers running now.</summary>
    public int Running => _turns.Running;

    /// <summary>Requests waiting for a turn now.</summary>
    public int Waiting => _turns.Waiting;

    /// <summary>Answers one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var exchange = new AxonExchange(context, _time);
        AxonVerdict verdict;
        try
        {
            verdict = Screen(exchange);
        }
        catch (Exception e) // The edge of the first half: admission is the miner's code.
        {
            verdict = Fault(exchange, e);
        }
        return verdict.IsAdmitted ? ServeAsync(exchange) : EndAsync(exchange, verdict);
    }

    /// <summary>Steps 1 to 6: everything up to the signature, without waiting for anything.</summary>
    AxonVerdict Screen(AxonExchange exchange)
    {
        var request = exchange.Context.Request;
        var framing = _framing.Check(request);
        // The route is looked up even for a badly framed request, so that it is counted and answered under its name.
        var verdict = _routes.Find(request, out var route);
        exchange.Route = route;
        if (verdict.IsAdmitted)
            verdict = framing;
        if (!verdict.IsAdmitted)
            return verdict;

        verdict = HeaderReader.Read(request.Headers, out var headers);
        if (!verdict.IsAdmitted)
            return verdict;
        exchange.Headers = headers;
        exchange.Caller = CallerOf(exchange, headers);

        var endpoint = exchange.Route!.Endpoint;
        if (endpoint.RequiresAdmission)
            verdict = _admission.Admit(exchange.Caller);
        if (!verdict.IsAdmitted)
            return verdict;

        var freshness = endpoint.RequiresAdmission ? _freshness : _openFreshness;
        verdict = freshness.Check(headers, exchange.ReceivedAt);
        if (!verdict.IsAdmitted)
            return verdict;

        verdict = Prove(exchange, endpoint, headers);
        if (!verdict.IsAdmitted)
            return verdict;
        verdict = freshness.Commit(headers);
        if (verdict.IsAdmitted && endpoint.RequiresAdmission)
        {
            _trust.Proved(exchange.Address, headers.Hotkey);
            exchange.Context.Features.Get<OpenConnection>()?.Prove();
        }
        return verdict;
    }

    /// <summary>Step 6. Only proved requests of admitted callers are free of every allowance.</summary>
    AxonVerdict Prove(AxonExchange exchange, AxonEndpoint endpoint, in SynapseHeaders headers)
    {
        var (address, hotkey, open) = (exchange.Address, headers.Hotkey, !endpoint.RequiresAdmission);
        if (open ? !_trust.AllowsPing(address) : !_trust.Allows(address, hotkey))
            return AxonVerdict.Throttled();
        Span<byte> signature = stackalloc byte[Crypto.Sr25519.SignatureLength];
        var good = RequestSignature.TryRead(headers.SignatureText, signature) && RequestSignature.Verify(signature, headers, _hotkey);
        if (open)
            _trust.Pinged(address);
        else if (!good)
            _trust.Failed(address, hotkey);
        return good ? AxonVerdict.Admitted : AxonVerdict.BadSignature();
    }

    /// <summary>Steps 7 to 11.</summary>
    async Task ServeAsync(AxonExchange exchange)
    {
        var aborted = exchange.Context.RequestAborted;
        AxonVerdict verdict;
        byte[]? body = null;
        try
        {
            if (!await KeepNonceAsync(exchange))
            {
                await EndAsync(exchange, AxonVerdict.InTheFuture());
                return;
            }
            (verdict, var invocation) = await _body.ReadAsync(exchange.Context.Request, exchange.Route!.Endpoint, exchange.Headers, aborted);
            if (verdict.IsAdmitted && !invocation!.TryAnswer(exchange.Caller))
                verdict = await HandleAsync(exchange, invocation, aborted);
            if (verdict.IsAdmitted)
                body = _answer.Compose(exchange, invocation!);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            verdict = AxonVerdict.Abandoned();
        }
        catch (Exception e) // The edge: whatever a handler throws becomes an opaque id here and a line in the log.
        {
            verdict = Fault(exchange, e);
        }
        await EndAsync(exchange, verdict, body);
    }

    /// <summary>The end of step 6: what must outlive a crash is on disk before the request has any effect.</summary>
    ValueTask<bool> KeepNonceAsync(AxonExchange exchange)
    {
        var (caller, endpoint) = (exchange.Caller, exchange.Route!.Endpoint);
        return !endpoint.RequiresAdmission || Keeper.IsSafe(caller.Hotkey, (long)caller.Nonce, exchange.ReceivedAt)
            ? ValueTask.FromResult(true)
            : Keeper.TryKeepAsync(caller.Hotkey, (long)caller.Nonce);
    }

    /// <summary>Steps 9 and 10, under the caller's deadline.</summary>
    async Task<AxonVerdict> HandleAsync(AxonExchange exchange, AxonInvocation invocation, CancellationToken aborted)
    {
        var patience = PatienceOf(exchange);
        if (patience <= TimeSpan.Zero)
            return AxonVerdict.TimedOut(exchange.Caller.Timeout);
        using var deadline = new CancellationTokenSource(patience, _time);
        await using var disconnect = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var endpoint = exchange.Route!.Endpoint;
        var takesTurn = endpoint.RequiresAdmission;
        if (takesTurn)
        {
            var priority = _admission.Priority(exchange.Caller) + endpoint.PriorityOffset;
            var turn = await _turns.EnterAsync(priority, patience, deadline.Token);
            if (turn != Turn.Granted)
                return turn == Turn.Full ? AxonVerdict.NoTurn() : GaveUp(exchange, aborted);
        }
        try
        {
            // A handler may do what it likes with its thread; the one of the connections has to go on.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await invocation.RunAsync(exchange.Caller, deadline.Token);
            return AxonVerdict.Admitted;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return GaveUp(exchange, aborted);
        }
        finally
        {
            if (takesTurn)
                _turns.Leave();
        }
    }

    AxonVerdict Fault(AxonExchange exchange, Exception cause)
    {
        var id = Guid.NewGuid();
        Log.RequestFailed(_logger, cause, exchange.Route?.Endpoint.Route ?? "", id);
        return AxonVerdict.Faulted(id);
    }

    static AxonVerdict GaveUp(AxonExchange exchange, CancellationToken aborted) =>
        aborted.IsCancellationRequested ? AxonVerdict.Abandoned() : AxonVerdict.TimedOut(exchange.Caller.Timeout);

    async Task EndAsync(AxonExchange exchange, AxonVerdict verdict, byte[]? body = null)
    {
        if (exchange.Context.RequestAborted.IsCancellationRequested)
            verdict = AxonVerdict.Abandoned();
        var counters = exchange.Route?.Counters ?? Statistics.For("");
        counters.Add(verdict.Outcome);
        Log.Ended(_logger, counters.Route, verdict.Outcome, exchange.Address);
        if (verdict.Outcome == AxonOutcome.Abandoned)
            exchange.Context.Abort();
        else if (verdict.IsAdmitted)
            await _answer.WriteAsync(exchange, body!);
        else
            await _answer.WriteAsync(exchange, verdict);
    }

    AxonCaller CallerOf(AxonExchange exchange, in SynapseHeaders headers)
    {
        var timeout = Math.Min(headers.TimeoutSeconds ?? _options.DefaultTimeout.TotalSeconds, _options.MaxTimeout.TotalSeconds);
        return new AxonCaller(
            headers.Hotkey, exchange.Route!.Endpoint.Route, exchange.Address, (ulong)headers.Nonce, headers.Uuid,
            TimeSpan.FromSeconds(timeout), exchange.ReceivedAt);
    }

    /// <summary>What is left of the caller's timeout, less the margin in which the answer travels.</summary>
    TimeSpan PatienceOf(AxonExchange exchange)
    {
        var timeout = exchange.Caller.Timeout;
        var margin = TimeSpan.FromTicks(Math.Min(_options.DeadlineMargin.Ticks, timeout.Ticks / 2));
        return timeout - margin - TimeSpan.FromSeconds(exchange.Elapsed);
    }
}
