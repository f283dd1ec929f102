using ComputeMiner.Containers;
using ComputeMiner.Gpus;
using ComputeMiner.Validator;

namespace ComputeMiner.Doctor;

/// <summary>
/// Plays the GPU proof of the validators against a container of our own image, beside the miner: under names and on a port of its own. Not
/// while anybody has the machine.
/// </summary>
/// <param name="options">How the miner makes its containers.</param>
/// <param name="hotkey">Whose containers are the renter's; null when the wallet cannot be read.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where the engine logs.</param>
/// <param name="show">Told of each step that held.</param>
sealed class RehearsalCheck(ContainerOptions options, Bittensor.Keys.Hotkey? hotkey, TimeProvider time, ILoggerFactory loggers, Action<CheckResult> show) : IDoctorCheck
{
    const string Name = "rehearsal";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (hotkey is { } key && await IsHeldAsync(MinerInstance.Of(key), cancellation))
                return [CheckResult.Warning(Name, "somebody has the machine", "rehearse when it is free; 'miner drain on' keeps it free")];
            var gpus = options.GpuSelection.Choose(await new GpuInventory().ReadAsync(cancellation));
            await RehearseAsync(OwnOptions(gpus), cancellation);
            return [CheckResult.Good(Name, gpus.Count > 0 ? $"the validators' proof holds on {gpus.Count} GPUs" : "the validators' proof holds on a stand-in; there is no GPU")];
        }
        catch (GpuProofException fault)
        {
            return [CheckResult.Failed($"{Name}: {fault.Step}", fault.Message, fault.Remedy)];
        }
        catch (Exception fault) when (fault is ContainerEngineException or GpuReadException or FormatException)
        {
            return [CheckResult.Failed(Name, fault.Message, "mend that and rehearse again")];
        }
    }

    async Task RehearseAsync(ContainerOptions own, CancellationToken cancellation)
    {
        using var engine = new DockerEngine(own, time, loggers);
        string? id = null;
        try
        {
            await RemoveRestAsync(engine);
            var image = await engine.PrepareImageAsync(null, cancellation);
            var now = time.GetUtcNow();
            var labels = new ContainerLabels(Name, "test", "", "", now, now);
            id = await engine.CreateAsync(new ContainerSpec(own.TestName, image.Id, own.SshPort, labels), cancellation);
            await engine.StartAsync(id, cancellation);
            var access = SshAccess.Create(null);
            await engine.DeliverAsync(id, access.ToFiles(image), cancellation);
            await engine.WaitForSshAsync(id, own.SshPort, cancellation);
            var progress = new Shown(show);
            await new GpuProof(own.Gpus.Count, progress).RunAsync("127.0.0.1", own.SshPort, SshAccess.Username, access.Password, cancellation);
        }
        finally
        {
            if (id is not null)
                await engine.RemoveAsync(id, CancellationToken.None);
            await engine.RemoveNetworkAsync(CancellationToken.None);
        }
    }

    // A rehearsal that was cut off left its container.
    static async Task RemoveRestAsync(DockerEngine engine)
    {
        foreach (var each in await engine.ListAsync(CancellationToken.None))
            await engine.RemoveAsync(each.Id, CancellationToken.None);
    }

    async Task<bool> IsHeldAsync(string instance, CancellationToken cancellation)
    {
        using var engine = new DockerEngine(new ContainerOptions { Endpoint = options.Endpoint, Instance = instance }, time, loggers);
        return (await engine.ListAsync(cancellation)).Any(each => each.Labels?.Kind is not ContainerLabels.SpareKind);
    }

    ContainerOptions OwnOptions(IReadOnlyList<string> gpus) => new()
    {
        Endpoint = options.Endpoint,
        Image = options.Image,
        MemoryReserve = options.MemoryReserve,
        Disk = options.Disk,
        Instance = $"{Name}-{options.NamePrefix}{options.Network}",
        NamePrefix = $"{options.NamePrefix}{Name}-",
        Network = $"{options.Network}-{Name}",
        SshPort = FreePort.Next(),
        Gpus = gpus,
    };

    sealed class Shown(Action<CheckResult> show) : IProgress<(string Step, string Finding)>
    {
        public void Report((string Step, string Finding) value) => show(CheckResult.Good($"{Name}: {value.Step}", value.Finding));
    }
}
