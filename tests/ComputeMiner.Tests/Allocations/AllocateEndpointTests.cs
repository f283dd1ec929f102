using System.Net;
using Bittensor.Axon;
using Bittensor.Compute;
using ComputeMiner.Allocations;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations;

/// <summary>The decision table of Allocate on the wire's own types.</summary>
public class AllocateEndpointTests
{
    const int Port = 4444;

    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HandleAsync_DecisionTable_AnswersAsAgreed()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var (alice, bob) = (_alice, _bob);

        await ExpectAsync(machine, alice, Check(1), true);
        await ExpectAsync(machine, alice, Check(0, alice), false);
        await ExpectAsync(machine, alice, Deallocate(alice), false);
        await ExpectAsync(machine, alice, Act(alice, "restart"), false);

        await ExpectAsync(machine, alice, Allocate(alice), true, info: true);
        await ExpectAsync(machine, bob, Check(90), false);
        await ExpectAsync(machine, alice, Check(0, alice), true);
        await ExpectAsync(machine, bob, Check(0, bob), false);
        await ExpectAsync(machine, bob, Allocate(bob), false);
        await ExpectAsync(machine, bob, Allocate(bob, testing: true), false);

        await ExpectAsync(machine, alice, Act(alice, "pause"), true);
        await ExpectAsync(machine, bob, Check(1), false);
        await ExpectAsync(machine, alice, Act(alice, "unpause"), true);
        await ExpectAsync(machine, alice, Act(alice, "pause"), true);
        await ExpectAsync(machine, alice, Act(alice, "resume"), true);
        await ExpectAsync(machine, alice, Act(alice, "restart"), true);
        await ExpectAsync(machine, bob, Act(bob, "restart"), false);
        await ExpectAsync(machine, bob, Act(alice, "restart"), false);
        await ExpectAsync(machine, alice, Act(alice, "explode"), false);
        await ExpectAsync(machine, alice, Act(alice, null), false);

        await ExpectAsync(machine, bob, Deallocate(bob), false);
        await ExpectAsync(machine, alice, Deallocate(alice, pem => pem.Replace("\n", "\r\n", StringComparison.Ordinal) + "  "), true);
        await ExpectAsync(machine, alice, Deallocate(alice), true);
        await ExpectAsync(machine, alice, Check(0, alice), false);
        await ExpectAsync(machine, bob, Check(1), true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TryAnswer_EngineAnswersOrNot_FreeOnlyWithItAndTheHolderStaysTheHolder(bool answers)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Allocator.EngineAnswers = () => answers;
        await ExpectAsync(machine, _bob, Check(1), answers);

        await ExpectAsync(machine, _alice, Allocate(_alice), true, info: true);
        await ExpectAsync(machine, _alice, Check(0, _alice), true);
    }

    [Fact]
    public async Task TryAnswer_OnlyChecks_AndChangesNothing()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var (check, allocate, deallocate) = (Check(1), Allocate(_alice), Deallocate(_alice));
        var endpoint = EndpointOf(machine);

        Assert.True(endpoint.TryAnswer(check, CallerOf(_alice)));
        Assert.True(check.Output.Status);
        Assert.False(endpoint.TryAnswer(allocate, CallerOf(_alice)));
        Assert.False(endpoint.TryAnswer(deallocate, CallerOf(_alice)));
        Assert.Null(allocate.Output.Status);
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task HandleAsync_Allocated_SealsCredentialsToTheCallersKey()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var synapse = Allocate(_alice);

        await EndpointOf(machine).HandleAsync(synapse, CallerOf(_alice), Cancellation);

        var credentials = _alice.Open(synapse.Output.Info!);
        Assert.Equal(("root", Port, 190), (credentials.Username, credentials.Port, credentials.Version));
        Assert.Matches("^[A-Za-z0-9]{20,}$", credentials.Password);
    }

    [Fact]
    public async Task HandleAsync_RentalWhileTesting_TakesTheMachine()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();

        await ExpectAsync(machine, _alice, Allocate(_alice, testing: true), true, info: true);
        await ExpectAsync(machine, _bob, Check(1), false);
        await ExpectAsync(machine, _bob, Allocate(_bob), true, info: true);
        await ExpectAsync(machine, _alice, Deallocate(_alice), true);
        await ExpectAsync(machine, _bob, Check(0, _bob), true);
    }

    public static TheoryData<string> BadKeys =>
    [
        "", "none", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        System.Security.Cryptography.RSA.Create(1024).ExportSubjectPublicKeyInfoPem(),
        System.Security.Cryptography.RSA.Create(2048).ExportRSAPublicKeyPem(),
        System.Security.Cryptography.ECDsa.Create().ExportSubjectPublicKeyInfoPem(),
    ];

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task HandleAsync_InvalidRsaKey_StartsNothingAndStopsNoTest(string pem)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await ExpectAsync(machine, _bob, Allocate(_bob, testing: true), true, info: true);
        var before = await machine.ContainersAsync();

        await ExpectAsync(machine, _alice, new AllocateSynapse { Checking = false, Timeline = 30, PublicKey = pem }, false);

        Assert.Equal(before, await machine.ContainersAsync());
    }

    [Theory]
    [InlineData("None")]
    [InlineData("not a key")]
    [InlineData("ssh-ed25519 AAAA' > /root/x; '")]
    public async Task HandleAsync_SshKeyThatIsNone_StartsNothing(string line)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var synapse = Allocate(_alice);
        synapse.DockerRequirement = new DockerRequirement { SshKey = line };

        await ExpectAsync(machine, _alice, synapse, false);

        Assert.Empty(await machine.ContainersAsync());
    }

    [Theory]
    [InlineData("user", true)]
    [InlineData("terminal", true)]
    [InlineData(null, true)]
    [InlineData("root", false)]
    [InlineData("", false)]
    public async Task HandleAsync_ExchangeKey_KnowsTwoSlots(string? slot, bool status)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await ExpectAsync(machine, _alice, Allocate(_alice), true, info: true);
        const string line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhzmRP2SPFi0CPM6kzVBqOQTEpSDwhzmhWIbHeNJgMT";

        await ExpectAsync(machine, _alice, Act(_alice, "exchange_key", line, slot), status);
        await ExpectAsync(machine, _alice, Act(_alice, "exchange_key", line + "\n" + line, slot), false);
        await ExpectAsync(machine, _alice, Act(_alice, "exchange_key", "", slot), status);
    }

    [Fact]
    public async Task HandleAsync_PlaceLost_NothingNewIsHandedOutAndTheRentalGoesOn()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await ExpectAsync(machine, _alice, Allocate(_alice), true, info: true);

        Assert.Equal(AllocationState.Running, machine.Allocator.Current.State);
        await ExpectAsync(machine, _alice, Check(0, _alice), true, hasPlace: false);
        await ExpectAsync(machine, _alice, Act(_alice, "restart"), true, hasPlace: false);
        await ExpectAsync(machine, _alice, Deallocate(_alice), true, hasPlace: false);
        await ExpectAsync(machine, _bob, Check(30), false, hasPlace: false);
        await ExpectAsync(machine, _bob, Allocate(_bob), false, hasPlace: false);
        await ExpectAsync(machine, _bob, Allocate(_bob, testing: true), false, hasPlace: false);
        Assert.Empty(await machine.ContainersAsync());
        await ExpectAsync(machine, _bob, Check(30), true);
    }

    [Fact]
    public async Task HandleAsync_CallerLeavesAsTheMachineIsReady_GivesItBack()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var caller = new CancellationTokenSource();
        machine.Allocator.Changed += snapshot =>
        {
            if (snapshot.State == AllocationState.Running)
                caller.Cancel();
        };
        var synapse = Allocate(_alice);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EndpointOf(machine).HandleAsync(synapse, CallerOf(_alice), caller.Token));

        Assert.Null(synapse.Output.Info);
        Assert.Empty(await machine.ContainersAsync());
        Assert.True(machine.Allocator.IsFree);
    }

    static async Task ExpectAsync(
        SimulatedMachine machine, Renter caller, AllocateSynapse synapse, bool status, bool info = false, bool hasPlace = true)
    {
        await EndpointOf(machine, hasPlace).HandleAsync(synapse, CallerOf(caller), Cancellation);

        Assert.Equal((status, info, Port), (synapse.Output.Status, synapse.Output.Info is not null, synapse.Output.Port));
    }

    static AllocateEndpoint EndpointOf(SimulatedMachine machine, bool hasPlace = true) =>
        new(machine.Allocator, () => hasPlace, Port, 190, NullLogger<AllocateEndpoint>.Instance);

    static AxonCaller CallerOf(Renter renter) =>
        new(renter.Hotkey, AllocateSynapse.Route, IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(60), DateTimeOffset.UnixEpoch);

    static AllocateSynapse Check(int timeline, Renter? renter = null) => new() { Timeline = timeline, PublicKey = renter?.Pem ?? "" };

    static AllocateSynapse Allocate(Renter renter, bool testing = false) => new()
    {
        Checking = false,
        Timeline = 30,
        PublicKey = renter.Pem,
        DeviceRequirement = new DeviceRequirement { Testing = testing ? true : null },
    };

    static AllocateSynapse Deallocate(Renter renter, Func<string, string>? edit = null) =>
        new() { Checking = false, Timeline = 0, PublicKey = edit is null ? renter.Pem : edit(renter.Pem) };

    static AllocateSynapse Act(Renter renter, string? action, string? key = "", string? slot = null) => new()
    {
        Checking = false,
        DockerChange = true,
        PublicKey = renter.Pem,
        DockerAction = new DockerAction { Action = action, SshKey = key, KeyType = slot },
    };
}
