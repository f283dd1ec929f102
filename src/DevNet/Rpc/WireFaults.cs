using System.Text.Json;

namespace DevNet.Rpc;

/// <summary>What is wrong with the server's connections, and the connections themselves. Used under the chain's lock.</summary>
sealed class WireFaults
{
    readonly List<RpcSession> _sessions = [];
    readonly List<(RpcSession Session, byte[] Request, byte[] Reply)> _held = [];
    readonly Queue<RpcException> _refusals = [];
    readonly HashSet<(RpcSession Session, string Id)> _lost = [];
    readonly HashSet<RpcSession> _silenced = [];
    readonly Condition _changed = new();

    /// <summary>Connections are taken, requests read, and nothing is sent.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Replies wait for <see cref="Release"/>; notifications go out.</summary>
    public bool HoldsReplies { get; set; }

    /// <summary>What a request causes is sent before its reply.</summary>
    public bool NotifiesFirst { get; set; }

    /// <summary>How many replies go out before the one that is spoiled; null for none.</summary>
    public int? SpoilsAfter { get; set; }

    /// <summary>The spoiled reply is lost altogether, instead of its second half.</summary>
    public bool SpoilsWhole { get; set; }

    /// <summary>Connections taken so far.</summary>
    public int Taken { get; private set; }

    /// <summary>Requests received so far.</summary>
    public int Received { get; set; }

    /// <summary>Requests on the newest connection whose answer was lost, spoiled or is held.</summary>
    public int Unanswered => _sessions is [.., var newest] ? _lost.Count(lost => lost.Session == newest) + _held.Count(held => held.Session == newest) : 0;

    public IReadOnlyList<RpcSession> Sessions => _sessions;

    public void Add(RpcSession session)
    {
        _sessions.Add(session);
        Taken++;
    }

    public void Remove(RpcSession session)
    {
        _sessions.Remove(session);
        _lost.RemoveWhere(lost => lost.Session == session);
        _silenced.Remove(session);
        _held.RemoveAll(held => held.Session == session);
    }

    public bool IsSilentTo(RpcSession session) => IsSilent || _silenced.Contains(session);

    /// <summary>Nothing is sent any more on the connections there are.</summary>
    public void SilenceAll() => _silenced.UnionWith(_sessions);

    /// <summary>Counts a request that is not answered.</summary>
    public void Lose(RpcSession session, byte[] request)
    {
        if (IdOf(request) is { } id)
            _lost.Add((session, id));
    }

    /// <summary>Sends, spoils or holds a reply.</summary>
    public void Reply(RpcSession session, byte[] request, byte[] reply)
    {
        if (SpoilsAfter is { } after)
        {
            SpoilsAfter = after > 0 ? after - 1 : null;
            if (after == 0)
            {
                Lose(session, request);
                if (!SpoilsWhole)
                    session.Send(reply[..(reply.Length / 2)]);
                return;
            }
        }
        // Asked again, and answered now.
        if (_lost.Count > 0 && IdOf(request) is { } id)
            _lost.Remove((session, id));
        if (!HoldsReplies)
        {
            session.Send(reply);
            return;
        }
        _held.Add((session, request, reply));
        _changed.Check();
    }

    /// <summary>Refuses one submission to come, after those refused before it.</summary>
    public void RefuseNext(RpcException refusal) => _refusals.Enqueue(refusal);

    /// <summary>Called before a submission is looked at.</summary>
    /// <exception cref="RpcException">It is to be refused.</exception>
    public void RefuseIfAsked()
    {
        if (!_refusals.TryDequeue(out var refusal))
            return;
        _changed.Check();
        throw refusal;
    }

    /// <summary>Completes once every asked refusal has happened.</summary>
    public Task WhenRefused() => _changed.When(() => _refusals.Count == 0);

    /// <summary>Completes once so many replies are held.</summary>
    public Task WhenHeld(int count) => _changed.When(() => _held.Count >= count);

    /// <summary>Sends what was held, the last first if so wished, and holds no more.</summary>
    public void Release(bool reversed)
    {
        HoldsReplies = false;
        var held = reversed ? Enumerable.Reverse(_held) : _held;
        foreach (var (session, _, reply) in held)
            session.Send(reply);
        _held.Clear();
    }

    /// <summary>Forgets what was held, and holds no more.</summary>
    public void LoseHeld()
    {
        HoldsReplies = false;
        foreach (var (session, request, _) in _held)
            Lose(session, request);
        _held.Clear();
    }

    /// <summary>The id of a request whose answer somebody waits for; nobody waits for the end of a subscription.</summary>
    static string? IdOf(byte[] request)
    {
        try
        {
            using var json = JsonDocument.Parse(request);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("id", out var id)
                && root.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String
                && method.GetString() is { } name && !name.Contains("_un", StringComparison.Ordinal)
                ? id.GetRawText()
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
