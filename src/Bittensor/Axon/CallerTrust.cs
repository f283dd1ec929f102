using System.Net;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>
/// Decides, before a signature is checked, whether checking it is worth its time. Who has proved nothing draws on two budgets of failures:
/// his address's (see <see cref="CallerAddress.Share"/>), and that of the hotkey he claims, which all such addresses share; and all of them on one
/// more, because networks and claims are there to be had in any number. Who was proved lately draws on one of his own: neither a flood from
/// his own address nor any from everywhere else keeps him out.
/// </summary>
/// <remarks>
/// A failed signature and a ping cost one token each, a proved request none. Only admitted hotkeys get here besides pings, so the
/// second and the third table are as small as the subnet; the first is bounded.
/// </remarks>
sealed class CallerTrust(AxonOptions options, TimeProvider time)
{
    /// <summary>How long a proof counts.</summary>
    static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    readonly TokenBuckets<IPAddress> _addresses = new(options.UnprovenBurst, options.UnprovenRate, 4096, time);
    readonly TokenBuckets<Hotkey> _hotkeys = new(options.ClaimBurst, options.ClaimRate, 4096, time);
    readonly TokenBuckets<(IPAddress, Hotkey)> _proved = new(options.ProvedBurst, options.ProvedRate, 4096, time);
    readonly TokenBuckets<int> _all = new(options.TotalBurst, options.TotalRate, 1, time);
    readonly ProvedCallers _callers = new(4096, Memory, time);

    /// <summary>False when the caller's budget is used up.</summary>
    public bool Allows(IPAddress address, Hotkey hotkey)
    {
        var share = CallerAddress.Share(address);
        return _callers.Contains(share, hotkey)
            ? _proved.Has((share, hotkey)) || AllowsUnproved(share, hotkey)
            : AllowsUnproved(share, hotkey);
    }

    /// <summary>The signature was good and the hotkey is an admitted one.</summary>
    public void Proved(IPAddress address, Hotkey hotkey) => _callers.Add(CallerAddress.Share(address), hotkey);

    /// <summary>The signature was wrong.</summary>
    public void Failed(IPAddress address, Hotkey hotkey)
    {
        var share = CallerAddress.Share(address);
        if (_callers.Contains(share, hotkey) && _proved.Has((share, hotkey)))
        {
            _proved.Take((share, hotkey));
            return;
        }
        _addresses.Take(share);
        _hotkeys.Take(hotkey);
        _all.Take(0);
    }

    /// <summary>True when a ping, which anyone may send, is within the address's budget.</summary>
    public bool AllowsPing(IPAddress address) => _addresses.Has(CallerAddress.Share(address)) && _all.Has(0);

    /// <summary>A ping was answered or refused.</summary>
    public void Pinged(IPAddress address)
    {
        _addresses.Take(CallerAddress.Share(address));
        _all.Take(0);
    }

    bool AllowsUnproved(IPAddress share, Hotkey hotkey) => _addresses.Has(share) && _hotkeys.Has(hotkey) && _all.Has(0);
}
