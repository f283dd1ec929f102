using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Bittensor.Substrate;

/// <summary>Hands new heads to everybody who follows them. A follower that falls far behind loses the oldest.</summary>
sealed class HeadFeed
{
    const int Capacity = 64;

    ImmutableList<Channel<BlockHeader>> _followers = [];
    volatile BlockHeader? _latest;

    /// <summary>The last head seen, over all connections.</summary>
    public BlockHeader? Latest => _latest;

    /// <summary>Passes a head on, unless it is the one passed last.</summary>
    public void Publish(BlockHeader head)
    {
        if (head != _latest)
            Resume(head);
    }

    /// <summary>
    /// Passes on the head that a new connection begins with, known or not: what was to be read at it may have failed with the old one.
    /// </summary>
    public void Resume(BlockHeader head)
    {
        _latest = head;
        foreach (var follower in _followers)
            follower.Writer.TryWrite(head);
    }

    /// <summary>Ends all followers; afterwards nothing is published.</summary>
    public void Complete()
    {
        foreach (var follower in _followers)
            follower.Writer.TryComplete();
    }

    /// <summary>The given head, then every new one.</summary>
    public async IAsyncEnumerable<BlockHeader> FollowAsync(BlockHeader first, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<BlockHeader>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableInterlocked.Update(ref _followers, list => list.Add(channel));
        try
        {
            // Between the caller's look at the head and now another may have come.
            var last = Latest ?? first;
            yield return last;
            await foreach (var head in channel.Reader.ReadAllAsync(cancellation))
            {
                if (!ReferenceEquals(head, last))
                    yield return head;
                last = head;
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _followers, list => list.Remove(channel));
        }
    }
}
