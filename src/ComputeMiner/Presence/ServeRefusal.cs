using Bittensor.Substrate;

namespace ComputeMiner.Presence;

/// <summary>Why the chain would not take our axon entry, and after how many blocks asking again makes sense.</summary>
/// <param name="Stage">What it means for our place.</param>
/// <param name="Wait">Blocks until the next look; null when the rate limit says, or when only backing off helps.</param>
/// <param name="Remedy">What happens next or what to do.</param>
/// <remarks>The names are those of the pallet's errors, of the runtime's validity codes and of the pool (opentensor/subtensor, serving.rs).</remarks>
readonly record struct ServeRefusal(AxonStage Stage, ulong? Wait, string Remedy)
{
    /// <summary>Blocks between two looks while something must change outside: about five minutes.</summary>
    public const ulong OutsideInterval = 25;

    /// <summary>The error that names its own waiting time.</summary>
    public const string RateLimit = "ServingRateLimitExceeded";

    public static ServeRefusal Of(ExtrinsicFailedException refusal) => refusal.ErrorName switch
    {
        RateLimit => new(AxonStage.Waiting, null, "it is served when the subnet's rate limit allows"),
        "HotKeyNotRegisteredInNetwork" or "HotKeyNotRegisteredInSubNet" or "SubnetNotExists" => new(AxonStage.NotRegistered, OutsideInterval, "register the hotkey; this program keeps looking"),
        // The client has signed anew once already: another program uses this hotkey at the same time.
        "Stale" or "BadProof" or "AncientBirthBlock" or "Usurped" => new(AxonStage.Waiting, 1, "it is signed anew at the next block"),
        // A pooled transaction cannot be replaced by a tip; it is included or it expires.
        "TooLowPriority" or "Future" => new(AxonStage.Waiting, 1, "another transaction of this hotkey is in the pool; the next block shows what became of it"),
        // The ban is on these bytes; at the next block the era, and so the bytes, are others.
        "AlreadyImported" or "TemporarilyBanned" or "Expired" or "Dropped" or "ImmediatelyDropped" =>
            new(AxonStage.Waiting, 1, "the next block shows what became of it"),
        "InvalidIpAddress" or "InvalidIpType" => new(AxonStage.Failing, OutsideInterval, "give another address with --axon.external_ip"),
        "InvalidPort" => new(AxonStage.Failing, OutsideInterval, "give another port with --axon.external_port"),
        "CallFiltered" => new(AxonStage.Failing, OutsideInterval, "the chain is in safe mode and takes no calls; this program keeps trying"),
        _ => new(AxonStage.Failing, null, "this program keeps trying"),
    };
}
