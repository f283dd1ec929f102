using System.Security.Cryptography;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>
/// The wire's Allocate: five different requests in one message, told apart in the reference's order (ni-compute, neurons/miner.py,
/// allocate). Every decided request is answered with a boolean status and the SSH port, whatever the decision.
/// </summary>
/// <param name="allocator">Decides and acts.</param>
/// <param name="hasPlace">Whether the miner has its place on the subnet. Without it nothing new is handed out; what is held goes on.</param>
/// <param name="sshPort">The port of the answers, also the one in the credentials.</param>
/// <param name="minerVersion">The subnet version that goes into the credentials, for example 190.</param>
/// <param name="logger">Where refusals are told, at Debug.</param>
sealed partial class AllocateEndpoint(
    Allocator allocator, Func<bool> hasPlace, int sshPort, int minerVersion, ILogger<AllocateEndpoint> logger)
    : AxonEndpoint<AllocateSynapse>
{
    public override double PriorityOffset => 3;

    // A check is answered from memory: validators ask all the time, and must not wait until somebody's container is up.
    public override bool TryAnswer(AllocateSynapse synapse, AxonCaller caller)
    {
        if (!synapse.Checking)
            return false;
        var status = synapse.Timeline > 0 ? hasPlace() && allocator.IsFree : TryReadKey(synapse, out var key) && allocator.Holds(key);
        synapse.Output = new AllocateOutput { Status = status, Port = sshPort };
        return true;
    }

    public override async Task HandleAsync(AllocateSynapse synapse, AxonCaller caller, CancellationToken cancellation)
    {
        // Whoever calls: a check never becomes anything else.
        if (TryAnswer(synapse, caller))
            return;
        string? info = null;
        var status = synapse switch
        {
            { DockerChange: true } => TryReadKey(synapse, out var key) && await ActAsync(synapse.DockerAction, key, caller.Hotkey, cancellation),
            { Timeline: > 0 } => (info = await AllocateAsync(synapse, caller.Hotkey, cancellation)) is not null,
            _ => TryReadKey(synapse, out var key) && await allocator.DeallocateAsync(key, caller.Hotkey, cancellation),
        };
        synapse.Output = new AllocateOutput { Status = status, Info = info, Port = sshPort };
    }

    // Everything the caller sent is validated before anything is touched: a bad request stops no running test.
    async Task<string?> AllocateAsync(AllocateSynapse synapse, Hotkey caller, CancellationToken cancellation)
    {
        if (!TryReadKey(synapse, out var key) || !TryReadSshKey(synapse.DockerRequirement.SshKey, out var userKey) || !CanSeal(key))
            return null;
        var kind = synapse.DeviceRequirement.Testing == true ? AllocationKind.Test : AllocationKind.Rental;
        var outcome = hasPlace()
            ? await allocator.AllocateAsync(new AllocationRequest(kind, synapse.Timeline, key, caller, userKey), cancellation)
            : AllocationOutcome.Refused(AllocationRefusal.NotRegistered);
        if (outcome.Access is not { } access)
        {
            Log.Refused(logger, kind, caller, outcome.Refusal);
            return null;
        }
        var info = SealedCredentials.Seal(new SshCredentials(SshAccess.Username, access.Password, sshPort, minerVersion), key);
        if (!cancellation.IsCancellationRequested)
            return info;
        // Nobody is left to read it: a machine held by a password that nobody got is a machine lost.
        await allocator.DeallocateAsync(key, caller, CancellationToken.None);
        throw new OperationCanceledException(cancellation);
    }

    async Task<bool> ActAsync(DockerAction action, SealingKey key, Hotkey caller, CancellationToken cancellation) => action.Action switch
    {
        "pause" => await allocator.PauseAsync(key, caller, cancellation),
        "unpause" or "resume" => await allocator.ResumeAsync(key, caller, cancellation),
        "restart" => await allocator.RestartAsync(key, caller, cancellation),
        "exchange_key" => TryReadSlot(action.KeyType, out var slot) && TryReadSshKey(action.SshKey, out var sshKey)
            && await allocator.ExchangeKeyAsync(key, caller, slot, sshKey, cancellation),
        _ => false,
    };

    bool TryReadKey(AllocateSynapse synapse, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SealingKey? key)
    {
        if (SealingKey.TryParse(synapse.PublicKey, out key, out var fault))
            return true;
        Log.BadKey(logger, fault);
        return false;
    }

    // A key can look right and still not encrypt: found out before a container runs for it.
    bool CanSeal(SealingKey key)
    {
        try
        {
            SealedCredentials.Seal(new SshCredentials(SshAccess.Username, new string('x', SshPassword.Length), sshPort, minerVersion), key);
            return true;
        }
        catch (CryptographicException)
        {
            Log.BadKey(logger, "It does not encrypt.");
            return false;
        }
    }

    // An absent or empty text is no key; anything else must be one.
    static bool TryReadSshKey(string? text, out SshPublicKey? key)
    {
        key = null;
        return string.IsNullOrWhiteSpace(text) || SshPublicKey.TryParse(text, out key);
    }

    static bool TryReadSlot(string? keyType, out KeySlot slot)
    {
        slot = keyType == "terminal" ? KeySlot.Terminal : KeySlot.User;
        return keyType is null or "user" or "terminal";
    }

    static partial class Log
    {
        [LoggerMessage(2030, LogLevel.Debug, "Refused a {Kind} to {Hotkey}: {Refusal}")]
        public static partial void Refused(ILogger logger, AllocationKind kind, Hotkey hotkey, AllocationRefusal refusal);

        [LoggerMessage(2031, LogLevel.Debug, "Refused a public key. {Fault}")]
        public static partial void BadKey(ILogger logger, string fault);
    }
}
