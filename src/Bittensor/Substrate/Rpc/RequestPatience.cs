namespace Bittensor.Substrate.Rpc;

/// <summary>
/// How long one endpoint is waited for. Short, so that a lost answer costs less than a block; doubled by each missed answer, so that a
/// node that is slow but alive is not cut off for ever; short again once what was missed comes promptly.
/// </summary>
sealed class RequestPatience(SubstrateOptions options, TimeProvider time)
{
    // A miss of something that is not asked again says nothing about the endpoint after so long without another slow answer.
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    string? _missed;
    int _misses;
    long _slowAt;

    /// <summary>Time for an answer that is asked for now.</summary>
    public TimeSpan Of(bool isLarge)
    {
        var first = isLarge ? options.LargeReplyTimeout : options.RequestTimeout;
        lock (_lock)
        {
            var grown = first * Math.Pow(2, _misses);
            return _misses == 0 || grown < options.LongestRequestTimeout ? grown
                : first < options.LongestRequestTimeout ? options.LongestRequestTimeout : first;
        }
    }

    public void Missed(string method)
    {
        lock (_lock)
        {
            (_missed, _misses) = (method, Math.Min(_misses + 1, 16));
            _slowAt = time.GetTimestamp();
        }
    }

    /// <param name="method">What was answered, be it with an error.</param>
    /// <param name="after">Since it was asked first.</param>
    public void Answered(string method, TimeSpan after)
    {
        lock (_lock)
        {
            if (_misses == 0)
                return;
            // Prompt answers to other questions prove nothing: the node may be slow with the one large reply only.
            if (after > options.RequestTimeout)
                _slowAt = time.GetTimestamp();
            else if (method == _missed || time.GetElapsedTime(_slowAt) >= Memory)
                _misses = 0;
        }
    }
}
