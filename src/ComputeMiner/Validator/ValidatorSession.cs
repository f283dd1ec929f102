using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Synapses;

namespace ComputeMiner.Validator;

/// <summary>
/// A caller's side of one allocation at one miner: sends what a validator or the rental service sends, with the RSA key that
/// seals the credentials and names the allocation afterwards.
/// </summary>
sealed class ValidatorSession(DendriteClient dendrite, AxonTarget target, RSA key)
{
    static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);
    static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The public half of the session's key, as it stands on the wire.</summary>
    public string PublicKey { get; } = key.ExportSubjectPublicKeyInfoPem() + "\n";

    public Task<DendriteResponse<PingSynapse>> PingAsync(CancellationToken cancellation) =>
        dendrite.CallAsync(target, new PingSynapse(), CheckTimeout, cancellation);

    /// <summary>Asks whether the machine is free.</summary>
    public Task<DendriteResponse<AllocateSynapse>> CheckAsync(CancellationToken cancellation) =>
        SendAsync(new AllocateSynapse { Timeline = 1, Checking = true, DeviceRequirement = Smallest }, CheckTimeout, cancellation);

    /// <summary>Asks whether this session's allocation is alive.</summary>
    public Task<DendriteResponse<AllocateSynapse>> StatusAsync(CancellationToken cancellation) =>
        SendAsync(new AllocateSynapse { Timeline = 0, Checking = true, PublicKey = PublicKey }, CheckTimeout, cancellation);

    /// <summary>Asks for the machine for <paramref name="days"/> days; an SSH key line is optional.</summary>
    public Task<DendriteResponse<AllocateSynapse>> AllocateAsync(int days, string sshKey, bool testing, CancellationToken cancellation) =>
        SendAsync(
            new AllocateSynapse
            {
                Timeline = days,
                Checking = false,
                PublicKey = PublicKey,
                DeviceRequirement = Smallest with { Testing = testing ? true : null },
                DockerRequirement = DockerRequirement.Default with { SshKey = sshKey },
            },
            ActionTimeout,
            cancellation);

    public Task<DendriteResponse<AllocateSynapse>> DeallocateAsync(CancellationToken cancellation) =>
        SendAsync(new AllocateSynapse { Timeline = 0, Checking = false, PublicKey = PublicKey }, CheckTimeout, cancellation);

    /// <summary>Does <c>restart</c>, <c>pause</c>, <c>unpause</c> or <c>resume</c> to the container.</summary>
    public Task<DendriteResponse<AllocateSynapse>> ActAsync(string action, CancellationToken cancellation) =>
        SendAsync(Change(0, new DockerAction { Action = action, SshKey = "" }), ActionTimeout, cancellation);

    /// <summary>Replaces the renter's own line of authorized_keys.</summary>
    public Task<DendriteResponse<AllocateSynapse>> ExchangeKeyAsync(string sshKey, CancellationToken cancellation) =>
        SendAsync(Change(1, new DockerAction { Action = "exchange_key", SshKey = sshKey, KeyType = "user" }), ActionTimeout, cancellation);

    public Task<DendriteResponse<ChallengeSynapse>> ChallengeAsync(ChallengeSynapse challenge, CancellationToken cancellation) =>
        ChallengeAsync(challenge, ActionTimeout, cancellation);

    /// <summary>The same, waiting for another time than usual.</summary>
    public Task<DendriteResponse<ChallengeSynapse>> ChallengeAsync(ChallengeSynapse challenge, TimeSpan timeout, CancellationToken cancellation) =>
        dendrite.CallAsync(target, challenge, timeout, cancellation);

    /// <summary>The answer to an allocate, with the opened credentials when it was granted.</summary>
    public ValidatorAnswer Opened(DendriteResponse<AllocateSynapse> response)
    {
        var answer = ValidatorAnswer.Of(response);
        if (response.Synapse.Output.Info is not { } info)
            return answer;
        try
        {
            var credentials = SealedCredentials.Open(info, key);
            return answer with
            {
                Ssh = $"ssh -p {credentials.Port} {credentials.Username}@{target.EndPoint.Address}", Password = credentials.Password,
            };
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException)
        {
            return answer with { Ok = false, Message = "The miner's credentials cannot be opened with the key they were to be sealed to." };
        }
    }

    AllocateSynapse Change(int timeline, DockerAction action) =>
        new() { Timeline = timeline, Checking = false, PublicKey = PublicKey, DockerChange = true, DockerAction = action };

    Task<DendriteResponse<AllocateSynapse>> SendAsync(AllocateSynapse synapse, TimeSpan timeout, CancellationToken cancellation) =>
        dendrite.CallAsync(target, synapse, timeout, cancellation);

    // What validators ask for when they do not care: one CPU, one GPU, a gibibyte of disk and of memory.
    static DeviceRequirement Smallest { get; } = new()
    {
        Cpu = new CpuRequirement { Count = 1 },
        Gpu = new GpuRequirement { Count = 1, Capacity = 0, Type = "" },
        HardDisk = new CapacityRequirement { Capacity = 1 << 30 },
        Ram = new CapacityRequirement { Capacity = 1 << 30 },
    };
}
