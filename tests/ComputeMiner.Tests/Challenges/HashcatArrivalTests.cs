using ComputeMiner.Challenges;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Challenges;

public sealed class HashcatArrivalTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Execute_HangsAtFirst_SaysSoAndTakesItOnceItAnswers()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        await HostCommand.RunAsync("mv", [fake.Path, fake.Path + ".good"]);
        await fake.WriteAsync("hang", $"#!/bin/bash\necho $$ >{fake.Directory}/pid\nexec sleep 1000\n");
        await HostCommand.RunAsync("install", ["-m", "755", Path.Combine(fake.Directory, "hang"), fake.Path]);
        using var arrival = Arrival(fake);

        await arrival.StartAsync(fake.Patience);
        var pid = await fake.ReadAsync("pid");
        Assert.Null(arrival.Solver);
        Assert.Null(await arrival.YieldAsync(fake.Patience));
        await UntilAsync(fake, () => arrival.Detail.Contains("does not tell its version within 10 s", StringComparison.Ordinal));
        Assert.False(FakeHashcat.IsAlive(pid));
        Assert.Contains(fake.Logs.Lines, line => line.Text.Contains("Challenges are answered as without it", StringComparison.Ordinal));

        await HostCommand.RunAsync("mv", [fake.Path + ".good", fake.Path]);
        await UntilAsync(fake, () => arrival.Solver is not null);

        Assert.Equal($"v6.2.6 at {fake.Path}", arrival.Detail);
        await arrival.StopAsync(fake.Patience);
    }

    [Fact]
    public async Task Execute_CannotBeUsed_EndsTheStart()
    {
        using var fake = await FakeHashcat.CreateAsync("", "v5.1.0");
        using var arrival = Arrival(fake);

        await arrival.StartAsync(fake.Patience);

        var fault = await Assert.ThrowsAsync<StartupException>(() => arrival.ExecuteTask!.WaitAsync(fake.Patience));
        Assert.Contains("is hashcat v5.1.0; 6.2 or later is needed", fault.Message, StringComparison.Ordinal);
    }

    HashcatArrival Arrival(FakeHashcat fake) => new(
        fake.Path,
        program => new ChallengeSolver(
            new Hashcat(new ChallengeSettings(), HashcatDirectory.Open(fake.State), [], TimeProvider.System), program, () => true, 0, TimeProvider.System,
            NullLogger<ChallengeSolver>.Instance, CancellationToken.None),
        _time, fake.Logs.CreateLogger<HashcatArrival>());

    // Slow enough that a program that does answer has the time.
    Task UntilAsync(FakeHashcat fake, Func<bool> isTrue) => fake.UntilAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(200));
        return isTrue();
    });
}
