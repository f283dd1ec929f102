using System.Diagnostics;
using System.Text.Json;
using ComputeMiner.Containers;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>Time and size at the limits, through the real program: its clock is moved, its container is filled, its callers leave.</summary>
[Trait("Needs", "Docker")]
public sealed class RentalLimitsTests
{
    // What deallocate answers within, however large the container is.
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lengths_OfRentalAndTest_AreTheOperators()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation, "--container.max-days", "2", "--container.test-minutes", "7", "--container.spare=false");

        Assert.True(await world.AllocateAsync(30, testing: true, Cancellation));
        Assert.Equal(TimeSpan.FromMinutes(7), await LengthAsync(world));
        world.Pass(TimeSpan.FromMinutes(7));
        await world.UntilFreeAsync(Cancellation);

        Assert.True(await world.AllocateAsync(30, testing: false, Cancellation));
        Assert.Equal(TimeSpan.FromDays(2), await LengthAsync(world));
        world.Pass(TimeSpan.FromDays(2) - TimeSpan.FromMinutes(5));
        await world.KillAndStartAsync(Cancellation);
        Assert.False(await world.IsFreeAsync());
        Assert.True(await world.HoldsAsync());
        world.Pass(TimeSpan.FromMinutes(5));
        await world.UntilFreeAsync(Cancellation);
        Assert.Empty(await world.ContainersAsync());
    }

    [Fact]
    public async Task Callers_WhoDoNotWait_GetNothingAndLeaveNothing()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation);
        await world.UntilSpareAsync("ready", Cancellation);

        // The first is too short for any machine; a fast one may keep the others, even where its answer comes as the caller leaves.
        Assert.False(await world.AllocateWithinAsync(TimeSpan.FromMilliseconds(10)));
        await RequireNothingLeftAsync(world);
        foreach (var milliseconds in (int[])[60, 120])
        {
            var inTime = await world.AllocateWithinAsync(TimeSpan.FromMilliseconds(milliseconds));
            var holds = await world.HoldsAsync();
            Assert.True(holds || !inTime);
            Assert.True(!holds || await world.DeallocateAsync());
            await RequireNothingLeftAsync(world);
        }

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asked = world.AllocateAsync(1, testing: false, leave.Token);
        while (!asked.IsCompleted && (await world.ContainersAsync()).All(each => each.Labels is { IsSpare: true }))
            await Task.Yield();
        await leave.CancelAsync();
        var given = await GivenAsync(asked);
        Assert.True(!given || await world.DeallocateAsync());
        await RequireNothingLeftAsync(world);
    }

    [Fact]
    public async Task Deallocate_ContainerFullOfFiles_AnswersInTimeAndIsGone()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation, "--container.spare=false");
        Assert.True(await world.AllocateAsync());
        var container = Assert.Single(await world.ContainersAsync()).Id;
        await HostCommand.RunAsync("docker",
        [
            "exec", container, "sh", "-c",
            "fallocate -l 2G /root/large; mkdir /root/many && cd /root/many && seq 40000 | sed 's/.*/d&/' | xargs -n 2000 sh -c 'for f; do : > $f; done' sh",
        ]);

        var begin = Stopwatch.GetTimestamp();
        Assert.True(await world.DeallocateAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, AnswerLimit);

        await world.UntilFreeAsync(Cancellation);
        Assert.Empty(await world.ContainersAsync());
    }

    static async Task<bool> GivenAsync(Task<bool> asked)
    {
        try
        {
            return await asked;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    static async Task RequireNothingLeftAsync(RentedMiner world)
    {
        await world.UntilFreeAsync(Cancellation);
        await world.UntilSpareAsync("ready", Cancellation);
        var left = Assert.Single(await world.ContainersAsync());
        Assert.Equal((ContainerState.Running, true), (left.State, left.Labels!.IsSpare));
        Assert.False(await world.HoldsAsync());
    }

    static async Task<TimeSpan> LengthAsync(RentedMiner world)
    {
        var rental = (await world.StatusAsync()).GetProperty("rental");
        return At(rental, "expires") - At(rental, "since");
    }

    static DateTimeOffset At(JsonElement rental, string name) => rental.GetProperty(name).GetDateTimeOffset();
}
