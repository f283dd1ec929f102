using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Doctor;
using ComputeMiner.Tests.Allocations;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Validator;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Validator;

/// <summary>The proof validators demand after they allocated, whole, in a real rental made of the base image.</summary>
[Collection(DockerCollection.Name)]
public sealed class GpuProofOnDockerTests(DockerFixture docker)
{
    static readonly string[] Steps =
        ["login", "upload", "hash", "gpu_info", "benchmark", "shared memory", "compute", "proof", "verification"];

    readonly SeenSteps _seen = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_Rental_EveryStepHolds()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var outcome = await machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Test), Cancellation);

        await new GpuProof(0, _seen).RunAsync("127.0.0.1", docker.Settings.SshPort, SshAccess.Username, outcome.Access!.Password, Cancellation);

        Assert.Equal(Steps, _seen.Names);
    }

    /// <summary>What a tenant's image or a machine can get wrong, and the step that finds it.</summary>
    [Theory]
    [InlineData("chmod 0 /opt/conda/bin/python3; mv /opt/conda/bin/python /opt/conda/bin/python.off", "hash")]
    [InlineData("printf '#!/bin/sh\\necho warning >&2\\nexec /usr/bin/python3 \"$@\"\\n' > /tmp/p; chmod 755 /tmp/p; ln -sf /tmp/p /opt/conda/bin/python", "hash")]
    [InlineData("printf '#!/bin/sh\\n[ \"$3\" = compute ] && sleep 6\\nexec /usr/bin/python3 \"$@\"\\n' > /tmp/p; chmod 755 /tmp/p; ln -sf /tmp/p /opt/conda/bin/python", "compute")]
    [InlineData("printf '#!/bin/sh\\n[ \"$3\" = proof ] && printf x | dd of=/dev/shm/C_gpu_0.npy bs=1 seek=200 conv=notrunc 2>/dev/null; /usr/bin/python3 \"$@\"; [ \"$3\" = proof ] && cp /dev/shm/C_gpu_0.npy /dev/shm/responses_gpu_0.npy; exit 0\\n' > /tmp/p; chmod 755 /tmp/p; ln -sf /tmp/p /opt/conda/bin/python", "verification")]
    [InlineData("dd if=/dev/zero of=/dev/shm/full bs=1M 2>/dev/null; true", "shared memory")]
    [InlineData("rm -f /tmp/seeds.txt; mkdir /tmp/seeds.txt", "seeds")]
    public async Task RunAsync_SomethingIsWrong_NamesTheStepAndARemedy(string spoil, string step)
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var outcome = await machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Test), Cancellation);
        await HostCommand.TryRunAsync("docker", ["exec", machine.Allocator.Current.Allocation!.ContainerId!, "sh", "-c", spoil]);

        var fault = await Assert.ThrowsAsync<GpuProofException>(() =>
            new GpuProof(0, _seen).RunAsync("127.0.0.1", docker.Settings.SshPort, SshAccess.Username, outcome.Access!.Password, Cancellation));

        Assert.Equal(step, fault.Step);
        Assert.NotEqual("", fault.Remedy);
    }

    [Fact]
    public async Task Rehearsal_FreeMachine_HoldsAndLeavesNothing()
    {
        var shown = new List<CheckResult>();

        var result = Assert.Single(await Rehearsal(shown).RunAsync(Cancellation));

        Assert.True(result.State == CheckState.Good, $"{result}");
        Assert.Equal(Steps.Select(step => $"rehearsal: {step}"), shown.Select(each => each.Name));
        Assert.DoesNotContain("rehearsal", await HostCommand.RunAsync("docker", ["ps", "-a", "--format", "{{.Names}}", "--filter", $"name={DockerFixture.Instance}"]), StringComparison.Ordinal);
        Assert.DoesNotContain("rehearsal", await HostCommand.RunAsync("docker", ["network", "ls", "--format", "{{.Name}}", "--filter", $"name={DockerFixture.Instance}"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rehearsal_MachineIsHeld_IsNotDone()
    {
        var shown = new List<CheckResult>();
        var labels = new ContainerLabels("a", "rental", "o", "h", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        var options = new ContainerOptions { Instance = MinerInstance.Of(Renter.Bob.Hotkey), Network = docker.Settings.Network };
        using var engine = new DockerEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        var id = await engine.CreateAsync(new ContainerSpec($"{DockerFixture.Instance}-held", docker.Image.Id, docker.Settings.SshPort, labels), Cancellation);
        try
        {
            var result = Assert.Single(await Rehearsal(shown).RunAsync(Cancellation));

            Assert.Equal((CheckState.Warning, "somebody has the machine"), (result.State, result.Finding));
            Assert.Empty(shown);
        }
        finally
        {
            await engine.RemoveAsync(id, CancellationToken.None);
        }
    }

    RehearsalCheck Rehearsal(List<CheckResult> shown) =>
        new(docker.Settings, Renter.Bob.Hotkey, TimeProvider.System, NullLoggerFactory.Instance, shown.Add);

    sealed class SeenSteps : IProgress<(string Step, string Finding)>
    {
        public List<string> Names { get; } = [];

        public void Report((string Step, string Finding) value) => Names.Add(value.Step);
    }
}
