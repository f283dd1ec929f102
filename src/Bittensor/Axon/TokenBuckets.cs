namespace Bittensor.Axon;

/// <summary>
/// A bucket of tokens for each key, refilled over time. Bounded: the bucket touched longest ago makes room, which costs the same however
/// many there are; a key that is forgotten starts with a full one.
/// </summary>
sealed class TokenBuckets<TKey>(int burst, double perSecond, int most, TimeProvider time)
    where TKey : notnull
{
    readonly Lock _lock = new();
    readonly Dictionary<TKey, LinkedListNode<Bucket>> _buckets = [];
    readonly LinkedList<Bucket> _byAge = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _buckets.Count;
        }
    }

    /// <summary>True when there is a token to take.</summary>
    public bool Has(TKey key)
    {
        lock (_lock)
            return !_buckets.TryGetValue(key, out var node) || Refilled(node.Value) >= 1;
    }

    /// <summary>Takes a token, or what is left of one.</summary>
    public void Take(TKey key)
    {
        lock (_lock)
        {
            var tokens = (double)burst;
            if (_buckets.TryGetValue(key, out var node))
            {
                tokens = Refilled(node.Value);
                _byAge.Remove(node);
            }
            else
            {
                if (_buckets.Count >= most)
                {
                    _buckets.Remove(_byAge.First!.Value.Key);
                    _byAge.RemoveFirst();
                }
                _buckets[key] = node = new LinkedListNode<Bucket>(default);
            }
            node.Value = new Bucket(key, Math.Max(0, tokens - 1), time.GetTimestamp());
            _byAge.AddLast(node);
        }
    }

    double Refilled(Bucket bucket) => Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.At).TotalSeconds * perSecond));

    readonly record struct Bucket(TKey Key, double Tokens, long At);
}
