using System.Text.Json;
using DevNet.Tests.Faults;

namespace Bittensor.Tests.Substrate;

/// <summary>A node that takes its time for each answer, by a virtual clock, and does everything at once.</summary>
sealed class SlowAnswers(ScriptedChain chain, VirtualClock clock, TimeSpan delay)
{
    readonly Lock _lock = new();
    readonly List<(ScriptedPeer Peer, JsonElement Request, DateTimeOffset Due)> _held = [];
    readonly HashSet<(ScriptedPeer Peer, string Request)> _due = [];
    readonly HashSet<(ScriptedPeer Peer, string Id)> _seen = [];
    ScriptedPeer? _newest;

    /// <summary>For <see cref="ScriptedChain.Before"/>.</summary>
    public Task<bool> HoldAsync(ScriptedPeer peer, JsonElement request)
    {
        lock (_lock)
        {
            if (_due.Remove((peer, request.GetRawText())))
                return Task.FromResult(false);
            _newest = peer;
            // Asked again: the first answer is on its way.
            if (!_seen.Add((peer, request.GetProperty("id").GetRawText())))
                return Task.FromResult(true);
            _held.Add((peer, request, clock.GetUtcNow() + delay));
            return Task.FromResult(true);
        }
    }

    /// <summary>Lets time pass, and answers when it is time, until the work is done.</summary>
    public async Task<T> UntilAsync<T>(Task<T> work, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!work.IsCompleted)
        {
            await AnswerAsync();
            var (unanswered, next) = State();
            clock.PassIfStuck((chain.Node.Connections, chain.Node.Methods.Count, unanswered), next);
            await timer.WaitForNextTickAsync(cancellation);
        }
        return await work;
    }

    (int Unanswered, DateTimeOffset? Next) State()
    {
        lock (_lock)
        {
            var waiting = _held.Where(held => held.Peer == _newest).ToList();
            return (waiting.Count, waiting.Count == 0 ? null : waiting.Min(held => held.Due));
        }
    }

    async Task AnswerAsync()
    {
        List<(ScriptedPeer Peer, JsonElement Request, DateTimeOffset Due)> now;
        lock (_lock)
        {
            now = [.. _held.Where(held => held.Due <= clock.GetUtcNow())];
            _held.RemoveAll(now.Contains);
            _due.UnionWith(now.Select(held => (held.Peer, held.Request.GetRawText())));
        }
        foreach (var (peer, request, _) in now)
        {
            try
            {
                await chain.Node.Script(peer, request);
            }
            catch (Exception fault) when (fault is IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException or InvalidOperationException)
            {
                // The client has given up this connection.
            }
        }
    }
}
