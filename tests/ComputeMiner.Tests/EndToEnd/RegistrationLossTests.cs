namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole program loses its place on the subnet while somebody has the machine, and gets it back.</summary>
[Trait("Needs", "Docker")]
public sealed class RegistrationLossTests
{
    [Fact]
    public async Task Registration_LostDuringARental_TheRentalGoesOnNothingNewIsGivenAndItComesBack()
    {
        await using var world = await RentedMiner.StartAsync(TestContext.Current.CancellationToken);
        await world.WaitForLineAsync("Axon on chain: subnet 27, uid 2, ");
        Assert.True(await world.AllocateAsync());

        world.LoseRegistration();

        await world.WaitForLineAsync("No new rental is accepted, a running one goes on; register it, this program keeps looking");
        var status = await world.StatusAsync();
        Assert.False(status.GetProperty("ready").GetBoolean());
        var registration = status.GetProperty("components").EnumerateArray().Single(part => part.GetProperty("name").GetString() == "Registration");
        Assert.Equal(
            (false, "not on subnet 27: no new rental is accepted, a running one goes on"),
            (registration.GetProperty("ok").GetBoolean(), registration.GetProperty("detail").GetString()));
        Assert.Equal("Running", status.GetProperty("rental").GetProperty("state").GetString());
        Assert.True(await world.HoldsAsync());
        Assert.True(await world.DeallocateAsync());
        Assert.False(await world.IsFreeAsync());
        Assert.False(await world.AllocateAsync());

        world.Register();

        await world.WaitForLineAsync("Axon on chain: subnet 27, uid 3, ");
        await world.UntilFreeAsync(TestContext.Current.CancellationToken);
        Assert.True(await world.AllocateAsync());
        Assert.True((await world.StatusAsync()).GetProperty("ready").GetBoolean());
    }
}
