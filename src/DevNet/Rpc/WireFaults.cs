namespace DevNet.Rpc;

/// <summary>What is wrong with the server's connections, and the connections themselves. Used under the chain's lock.</summary>
sealed class WireFaults
{
    readonly List<RpcSession> _sessions = [];
    readonly List<(RpcSession Session, byte[] Reply)> _held = [];
    readonly Queue<RpcException> _refusals = [];
    readonly Condition _changed = new();

    /// <summary>Connections are taken, requests read, and nothing is sent.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Replies wait for <see cref="Release"/>; notifications go out.</summary>
    public bool HoldsReplies { get; set; }

    /// <summary>What a request causes is sent before its reply.</summary>
    public bool NotifiesFirst { get; set; }

    /// <summary>The next reply loses its second half.</summary>
    public bool TruncatesNext { get; set; }

    public IReadOnlyList<RpcSession> Sessions => _sessions;

    public void Add(RpcSession session) => _sessions.Add(session);

    public void Remove(RpcSession session)
    {
        _sessions.Remove(session);
        _held.RemoveAll(held => held.Session == session);
    }

    /// <summary>Sends, spoils or holds a reply.</summary>
    public void Reply(RpcSession session, byte[] reply)
    {
        if (TruncatesNext)
        {
            TruncatesNext = false;
            session.Send(reply[..(reply.Length / 2)]);
            return;
        }
        if (!HoldsReplies)
        {
            session.Send(reply);
            return;
        }
        _held.Add((session, reply));
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
        foreach (var (session, reply) in held)
            session.Send(reply);
        _held.Clear();
    }
}
