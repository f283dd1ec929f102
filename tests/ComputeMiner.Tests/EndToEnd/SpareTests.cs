using System.Text;
using System.Text.Json;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The container kept ahead by the real program, over kills, a lost state directory and a stop.</summary>
[Trait("Needs", "Docker")]
public sealed class SpareTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spare_RentedThenEverythingForgotten_TheRenterKeepsTheMachine()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation);
        await world.UntilSpareAsync("ready", Cancellation);
        Assert.True(await world.IsFreeAsync());
        var spare = Assert.Single(await world.ContainersAsync());
        Assert.Equal(ContainerLabels.Spare, spare.Labels);

        Assert.True(await world.AllocateAsync());

        var rented = Assert.Single(await world.ContainersAsync());
        Assert.Equal(spare.Id, rented.Id);
        Assert.EndsWith("-ssh-container", rented.Name, StringComparison.Ordinal);
        var told = JsonDocument.Parse(Encoding.UTF8.GetString((await world.ReadFileAsync(rented.Id, "/run/rental.json"))!));
        Assert.Equal(rented.Labels!.Allocation, told.RootElement.GetProperty("allocation").GetString());
        Assert.Equal("none", (await world.StatusAsync()).GetProperty("spare").GetString());

        await world.KillAndStartAsync(Cancellation, forget: true);

        Assert.True(await world.HoldsAsync());
        Assert.Equal(rented, Assert.Single(await world.ContainersAsync()));
        Assert.True(await world.DeallocateAsync());
        await world.UntilSpareAsync("ready", Cancellation);
        Assert.NotEqual(spare.Id, Assert.Single(await world.ContainersAsync()).Id);
    }

    [Fact]
    public async Task Spare_MinerKilledDrainedStopped_IsReplacedDroppedAndTakenAlong()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation);
        await world.UntilSpareAsync("ready", Cancellation);
        var first = Assert.Single(await world.ContainersAsync());

        await world.KillAndStartAsync(Cancellation);
        await world.UntilSpareAsync("ready", Cancellation);
        Assert.NotEqual(first.Id, Assert.Single(await world.ContainersAsync()).Id);

        await world.CommandAsync("drain", "on");
        await world.UntilSpareAsync("none", Cancellation);
        await world.CommandAsync("drain", "off");
        await world.UntilSpareAsync("ready", Cancellation);

        Assert.Equal(0, await world.StopAsync());
        Assert.Empty(await world.ContainersAsync());
    }
}
