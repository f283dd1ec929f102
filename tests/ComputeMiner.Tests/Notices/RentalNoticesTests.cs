using System.Text;
using System.Text.Json;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Notices;
using ComputeMiner.Tests.Allocations;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Notices;

/// <summary>What a renter is told, when, and what happens when it cannot be told: on a clock that the test moves.</summary>
public class RentalNoticesTests
{
    readonly Renter _alice = Renter.Alice;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllocateAsync_Container_HasTheNoticesFromTheStart()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var notices = Notices(machine);
        machine.Allocator.Notices = notices.FilesForAsync;

        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental, days: 30), Cancellation);

        var document = await DocumentAsync(machine);
        var held = machine.Allocator.Current.Allocation!;
        Assert.Equal(
            [
                "allocation", "kind", "state", "started", "expires", "secondsLeft", "updated", "limits", "rules", "limits.cpus", "limits.memoryBytes",
                "limits.sharedMemoryBytes", "limits.diskBytes", "limits.processes", "limits.gpus",
            ],
            [.. document.EnumerateObject().Select(field => field.Name), .. document.GetProperty("limits").EnumerateObject().Select(field => "limits." + field.Name)]);
        Assert.Equal(held.Id, document.GetProperty("allocation").GetString());
        Assert.Equal("rental", document.GetProperty("kind").GetString());
        Assert.Equal("running", document.GetProperty("state").GetString());
        Assert.Equal(held.Expires, document.GetProperty("expires").GetDateTimeOffset());
        Assert.Equal(30 * 24 * 3600, document.GetProperty("secondsLeft").GetInt64());
        Assert.Equal(3, document.GetProperty("limits").GetProperty("cpus").GetDouble());
        var motd = await FileAsync(machine, RentalNotice.MotdPath);
        Assert.Contains("This rental ends 2026-01-31 00:00 UTC, in 30 days 0 hours.", motd, StringComparison.Ordinal);
        Assert.All(document.GetProperty("rules").EnumerateArray(), rule => Assert.Contains(rule.GetString()!, motd, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RoundAsync_TimeGoesBy_KeepsBothCurrent()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        await notices.RoundAsync(Cancellation);

        machine.Time.Advance(TimeSpan.FromHours(5));
        await notices.RoundAsync(Cancellation);

        Assert.Contains("in 29 days 19 hours.", await FileAsync(machine, RentalNotice.MotdPath), StringComparison.Ordinal);
        Assert.Equal((30 * 24 - 5) * 3600, (await DocumentAsync(machine)).GetProperty("secondsLeft").GetInt64());
    }

    [Fact]
    public async Task RoundAsync_PausedAndResumed_SaysSo()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);

        await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await notices.RoundAsync(Cancellation);
        Assert.Equal("paused", (await DocumentAsync(machine)).GetProperty("state").GetString());

        await machine.Allocator.ResumeAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await notices.RoundAsync(Cancellation);
        Assert.Equal("running", (await DocumentAsync(machine)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task RoundAsync_NothingNew_LeavesTheContainerAlone()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        await notices.RoundAsync(Cancellation);
        var published = 0;
        machine.Engine.Intercept = name =>
        {
            published += name == nameof(IContainerEngine.PublishAsync) ? 1 : 0;
            return Task.CompletedTask;
        };

        for (var round = 0; round < 5; round++)
            await notices.RoundAsync(Cancellation);
        Assert.Equal(0, published);

        machine.Time.Advance(TimeSpan.FromHours(1));
        await notices.RoundAsync(Cancellation);
        Assert.Equal(1, published);
    }

    [Fact]
    public async Task RoundAsync_BeforeTheEnd_WarnsThreeTimesOnceEach()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        var end = machine.Allocator.Current.Allocation!.Expires;

        for (var left = TimeSpan.FromHours(30); left >= TimeSpan.Zero; left -= TimeSpan.FromMinutes(1))
        {
            machine.Time.Advance(end - left - machine.Time.GetUtcNow());
            await notices.RoundAsync(Cancellation);
        }

        Assert.Equal(
            ["This rental ends in 24 hours,", "This rental ends in 1 hour,", "This rental ends in 10 minutes,"],
            (await ToldAsync(machine)).Select(text => text[(text.IndexOf("*** ", StringComparison.Ordinal) + 4)..(text.IndexOf(',', StringComparison.Ordinal) + 1)]));
    }

    [Fact]
    public async Task RoundAsync_AnotherProcessInBetween_RepeatsNothing()
    {
        await using var machine = await RentedAsync();
        machine.Time.Advance(TimeSpan.FromDays(29));
        using (var notices = Notices(machine))
            await notices.RoundAsync(Cancellation);
        using var next = Notices(machine);

        await next.RoundAsync(Cancellation);

        Assert.Single(await ToldAsync(machine));
    }

    [Fact]
    public async Task RoundAsync_SeveralDueAtOnce_GivesTheLastOnly()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);

        machine.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5));
        await notices.RoundAsync(Cancellation);
        await notices.RoundAsync(Cancellation);

        Assert.Contains("ends in 5 minutes", Assert.Single(await ToldAsync(machine)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RoundAsync_ShorterThanTheWarning_IsNotWarnedAtItsBegin(bool test)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var notices = Notices(machine);
        await machine.Allocator.AllocateAsync(_alice.Asks(test ? AllocationKind.Test : AllocationKind.Rental, days: 1), Cancellation);

        await notices.RoundAsync(Cancellation);
        machine.Time.Advance(TimeSpan.FromMinutes(14));
        await notices.RoundAsync(Cancellation);

        Assert.Empty(await ToldAsync(machine));
    }

    [Fact]
    public async Task RoundAsync_Paused_WarnsAtTheResume()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation);
        machine.Time.Advance(TimeSpan.FromDays(29));
        await notices.RoundAsync(Cancellation);
        Assert.Empty(await ToldAsync(machine));

        await machine.Allocator.ResumeAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await notices.RoundAsync(Cancellation);

        Assert.Single(await ToldAsync(machine));
    }

    [Theory]
    [InlineData(nameof(IContainerEngine.PublishAsync))]
    [InlineData(nameof(IContainerEngine.TellAsync))]
    public async Task RoundAsync_EngineFails_IsHarmlessAndTriedAgain(string request)
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        machine.Time.Advance(TimeSpan.FromDays(29));
        machine.Engine.Intercept = name => name == request ? throw new ContainerEngineException("no") : Task.CompletedTask;
        await notices.RoundAsync(Cancellation);

        machine.Engine.Intercept = null;
        await notices.RoundAsync(Cancellation);

        Assert.Single(await ToldAsync(machine));
        Assert.Contains("in 24 hours.", await FileAsync(machine, RentalNotice.MotdPath), StringComparison.Ordinal);
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Fact]
    public async Task RoundAsync_ContainerThatCannotShowIt_IsNotAskedForEver()
    {
        await using var machine = await RentedAsync();
        using var notices = Notices(machine);
        machine.Time.Advance(TimeSpan.FromDays(29));
        var asked = 0;
        machine.Engine.Intercept = name => name == nameof(IContainerEngine.TellAsync) && ++asked > 0
            ? throw new ContainerEngineException("no shell")
            : Task.CompletedTask;

        for (var round = 0; round < 10; round++)
            await notices.RoundAsync(Cancellation);

        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task RoundAsync_StateDirectoryCannotBeWritten_WarnsOnceAllTheSame()
    {
        await using var machine = await RentedAsync();
        using var notices = new RentalNotices(
            machine.Engine, machine.Allocator, machine.Settings, machine.Options, "/proc/nowhere", machine.Time, NullLogger<RentalNotices>.Instance);
        machine.Time.Advance(TimeSpan.FromDays(29));

        await notices.RoundAsync(Cancellation);
        await notices.RoundAsync(Cancellation);

        Assert.Single(await ToldAsync(machine));
    }

    async Task<SimulatedMachine> RentedAsync()
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental, days: 30), Cancellation)).Access);
        return machine;
    }

    static RentalNotices Notices(SimulatedMachine machine) => new(
        machine.Engine, machine.Allocator, machine.Settings, machine.Options, machine.StateDirectory, machine.Time, NullLogger<RentalNotices>.Instance);

    static async Task<IReadOnlyList<string>> ToldAsync(SimulatedMachine machine) =>
        machine.Engine.Told((await machine.ContainersAsync()).Single().Id);

    static async Task<JsonElement> DocumentAsync(SimulatedMachine machine) =>
        JsonDocument.Parse(await FileAsync(machine, RentalNotice.DocumentPath)).RootElement;

    static async Task<string> FileAsync(SimulatedMachine machine, string path) => Encoding.UTF8.GetString(
        (await machine.Engine.ReadFileAsync((await machine.ContainersAsync()).Single().Id, path, Cancellation))!);
}
