using System.Globalization;
using DevNet.Blocks;
using DevNet.Rpc;
using DevNet.Transactions;

namespace DevNet;

/// <summary>What can go wrong with a chain and the node before it, on demand. Each method has taken effect when it returns.</summary>
public sealed class DevChainFaults
{
    readonly Chain _chain;
    readonly WireFaults _wire;

    internal DevChainFaults(Chain chain, WireFaults wire) => (_chain, _wire) = (chain, wire);

    /// <summary>
    /// Replaces the last blocks by a branch one longer, of empty blocks. Their transactions are retracted and ready again, for the next
    /// block; their set-up changes are undone.
    /// </summary>
    /// <param name="depth">Blocks to replace; none of them may be final.</param>
    /// <exception cref="InvalidOperationException">A final block would be replaced.</exception>
    public void Reorganise(int depth) => Locked(() => _chain.Reorganise(depth));

    /// <summary>Keeps further blocks from becoming final.</summary>
    public void HoldFinality() => Locked(() => _chain.HoldsFinality = true);

    /// <summary>Lets finality catch up.</summary>
    public void ReleaseFinality() => Locked(() =>
    {
        _chain.HoldsFinality = false;
        _chain.Finalise();
    });

    /// <summary>Tells those who watch a transaction in a block that is not final yet that its finality timed out.</summary>
    public void TimeOutFinality() => Locked(_chain.GiveUpFinality);

    /// <summary>Empties the pool as a full one does: every transaction is dropped, and its bytes are refused for a while.</summary>
    public void DropTransactions() => Locked(() => _chain.Pool.EndAll(_ => TransactionStatus.Dropped));

    /// <summary>Empties the pool, telling that every transaction was found invalid.</summary>
    public void InvalidateTransactions() => Locked(() => _chain.Pool.EndAll(_ => TransactionStatus.Invalid));

    /// <summary>Empties the pool, telling that every transaction gave way to another with its nonce.</summary>
    public void UsurpTransactions() =>
        Locked(() => _chain.Pool.EndAll(entry => TransactionStatus.Usurped(Bittensor.Crypto.Blake2b.Hash256(entry.Transaction.Hash))));

    /// <summary>Refuses one submission to come, after those refused before it, with this JSON-RPC error.</summary>
    public void RefuseNext(int code, string message, string? data = null) => Locked(() => _wire.RefuseNext(new RpcException(code, message, data)));

    /// <summary>Refuses one submission to come as 1010 with <c>Custom error: N</c>.</summary>
    public void RefuseNext(byte custom) => RefuseNext(1010, "Invalid Transaction", string.Create(CultureInfo.InvariantCulture, $"Custom error: {custom}"));

    /// <summary>Completes once every submission that was to be refused has been.</summary>
    public Task WhenRefusedAsync()
    {
        lock (_chain.Gate)
            return _wire.WhenRefused();
    }

    /// <summary>Cuts every connection without a word. New ones are taken.</summary>
    public void CloseConnections() => Locked(() =>
    {
        foreach (var session in _wire.Sessions.ToArray())
            session.Abort();
    });

    /// <summary>Takes connections and reads requests, and sends nothing any more.</summary>
    public void StopAnswering() => Locked(() => _wire.IsSilent = true);

    /// <summary>Sends nothing any more on the connections there are; new ones are served as ever.</summary>
    public void SilenceConnections() => Locked(_wire.SilenceAll);

    /// <summary>Answers new requests again. What was asked or happened meanwhile is lost.</summary>
    public void ResumeAnswering() => Locked(() => _wire.IsSilent = false);

    /// <summary>Keeps replies back; notifications are sent.</summary>
    public void HoldReplies() => Locked(() => _wire.HoldsReplies = true);

    /// <summary>Completes once so many replies are kept back.</summary>
    public Task WhenRepliesHeldAsync(int count)
    {
        lock (_chain.Gate)
            return _wire.WhenHeld(count);
    }

    /// <summary>Sends the replies that were kept back.</summary>
    /// <param name="reversed">True to send the last one first.</param>
    public void ReleaseReplies(bool reversed = false) => Locked(() => _wire.Release(reversed));

    /// <summary>Forgets the replies that were kept back, and keeps none back any more.</summary>
    public void LoseHeldReplies() => Locked(_wire.LoseHeld);

    /// <summary>Cuts the next reply in half.</summary>
    public void TruncateNextReply() => Locked(() => (_wire.SpoilsAfter, _wire.SpoilsWhole) = (0, false));

    /// <summary>Loses one reply, after so many others.</summary>
    public void LoseReply(int after = 0) => Locked(() => (_wire.SpoilsAfter, _wire.SpoilsWhole) = (after, true));

    /// <summary>True while a reply that is to be lost or cut has not come by yet.</summary>
    public bool IsReplyToBeSpoiled
    {
        get
        {
            lock (_chain.Gate)
                return _wire.SpoilsAfter is not null;
        }
    }

    /// <summary>
    /// How many connections and requests came so far, and how many requests on the newest connection have no answer: lost, cut in half or
    /// kept back.
    /// </summary>
    public (int Connections, int Received, int Unanswered) Requests
    {
        get
        {
            lock (_chain.Gate)
                return (_wire.Taken, _wire.Received, _wire.Unanswered);
        }
    }

    /// <summary>Sends a subscription's first notification before the reply with its id, from now on or no more.</summary>
    public void NotifyBeforeReply(bool enabled = true) => Locked(() => _wire.NotifiesFirst = enabled);

    /// <summary>Sends a frame of these bytes, whatever they are, to every connection.</summary>
    public void SendToAll(byte[] frame) => Locked(() =>
    {
        foreach (var session in _wire.Sessions)
            session.Send(frame);
    });

    void Locked(Action action)
    {
        lock (_chain.Gate)
            action();
    }
}
