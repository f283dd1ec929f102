using System.Net;

namespace Bittensor.Axon;

/// <summary>
/// Bounds what an address, or an IPv6 network (see <see cref="CallerAddress.Share"/>), can cost without proving who it is: a ping and a failed signature each cost one token, a proved
/// request none. An address without tokens is answered before its next signature is checked.
/// </summary>
sealed class AddressThrottle(int burst, double perSecond, TimeProvider time)
{
    /// <summary>Addresses remembered; one that is forgotten starts with a full bucket.</summary>
    const int MaxAddresses = 4096;

    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, Bucket> _buckets = [];

    /// <summary>False when the address has used up its tokens.</summary>
    public bool Allows(IPAddress address)
    {
        lock (_lock)
            return !_buckets.TryGetValue(CallerAddress.Share(address), out var bucket) || Refill(bucket) >= 1;
    }

    /// <summary>Takes a token for one unproven request.</summary>
    public void Charge(IPAddress address)
    {
        var share = CallerAddress.Share(address);
        lock (_lock)
        {
            if (!_buckets.TryGetValue(share, out var bucket))
            {
                if (_buckets.Count >= MaxAddresses)
                    MakeRoom();
                bucket = new Bucket(burst, time.GetTimestamp());
            }
            _buckets[share] = new Bucket(Math.Max(0, Refill(bucket) - 1), time.GetTimestamp());
        }
    }

    double Refill(Bucket bucket) => Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.At).TotalSeconds * perSecond));

    /// <summary>Full buckets say nothing; if none is full, the fullest goes.</summary>
    void MakeRoom()
    {
        foreach (var (address, bucket) in _buckets)
        {
            if (Refill(bucket) >= burst)
                _buckets.Remove(address);
        }
        if (_buckets.Count >= MaxAddresses)
            _buckets.Remove(_buckets.MaxBy(pair => Refill(pair.Value)).Key);
    }

    readonly record struct Bucket(double Tokens, long At);
}
