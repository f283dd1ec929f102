using ComputeMiner.Allocations;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Challenges;

/// <summary>hashcat and the GPUs: which ones it may use, and that they are free when somebody gets the machine.</summary>
public sealed class ChallengeGpuTests
{
    const string Gpu = "GPU-11111111-2222-3333-4444-555555555555";

    static readonly TimeSpan Long = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task Solve_SomeGpusAreHandedOut_HashcatSeesThoseAlone()
    {
        using var fake = await FakeHashcat.CreateAsync("echo \"$CUDA_VISIBLE_DEVICES\" >\"$DIR\"/seen; printf '%s\\n' \"$@\" >\"$DIR\"/arguments; exit 1");
        // An operator's own choice for other programs does not widen ours.
        Environment.SetEnvironmentVariable("CUDA_VISIBLE_DEVICES", "0,1,2,3");
        var solver = await fake.SolverAsync(gpus: [Gpu, "GPU-b"]);

        await solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, fake.Patience);
        Environment.SetEnvironmentVariable("CUDA_VISIBLE_DEVICES", null);

        Assert.Equal(Gpu + ",GPU-b", await fake.ReadAsync("seen"));
        Assert.Contains("--opencl-device-types\n2\n", await fake.ReadAsync("arguments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Solve_NoGpuIsHandedOut_HashcatSeesNoneWhateverTheOptionsSay()
    {
        using var fake = await FakeHashcat.CreateAsync("echo \"${CUDA_VISIBLE_DEVICES-all}.\" >\"$DIR\"/seen; printf '%s\\n' \"$@\" >\"$DIR\"/arguments; exit 1");
        var solver = await fake.SolverAsync();

        await solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, fake.Patience);

        Assert.Equal(".", await fake.ReadAsync("seen"));
        Assert.Contains("--opencl-device-types\n1\n", await fake.ReadAsync("arguments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clear_WhileHashcatRuns_ReturnsWhenItsProcessIsGone()
    {
        using var fake = await FakeHashcat.CreateAsync("echo $$ >\"$DIR\"/pid; sleep 1000");
        var solver = await fake.SolverAsync(gpus: [Gpu]);
        var asked = new List<string>();
        var last = new OwnWorkGate(_ => Note(asked, "the next gate"), () => null, null);
        var gate = new OwnWorkGate(solver.YieldAsync, () => solver.Obstacle, last);
        var solving = solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, fake.Patience);
        var pid = await fake.ReadAsync("pid");
        Assert.True(gate.IsClear && FakeHashcat.IsAlive(pid));
        fake.IsFree = false;

        var obstacle = await gate.ClearAsync(fake.Patience);

        Assert.False(FakeHashcat.IsAlive(pid));
        Assert.Null(obstacle);
        Assert.Equal(["the next gate"], asked);
        Assert.Equal("run: ❌ run_hashcat execution failed: the machine is not free", (await solving).Error);
    }

    [Fact]
    public async Task Clear_NothingRuns_AsksTheNextGateAtOnce()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        var solver = await fake.SolverAsync(gpus: [Gpu]);
        var last = new OwnWorkGate(_ => Task.FromResult<string?>("in the way"), () => "seen before", null);
        var gate = new OwnWorkGate(solver.YieldAsync, () => solver.Obstacle, last);

        Assert.Equal("in the way", await gate.ClearAsync(fake.Patience));
        Assert.Equal((false, "seen before", "seen before"), (gate.IsClear, gate.Obstacle, gate.Detail));
    }

    [Fact]
    public async Task Solve_KilledHashcatDoesNotEnd_AnswersHoldsTheGpusBackAndGoesOnWhenItEnds()
    {
        await using var disk = await FrozenDisk.CreateAsync();
        using var fake = await FakeHashcat.CreateAsync($"[ -e \"$DIR\"/ran ] && exit 1; touch \"$DIR\"/ran; echo $$ >\"$DIR\"/pid; echo x >{disk.Mount}/x");
        var time = new FakeTimeProvider();
        var solver = await fake.SolverAsync(time: time, gpus: [Gpu]);
        var gate = new OwnWorkGate(solver.YieldAsync, () => solver.Obstacle, null);
        using var gone = new CancellationTokenSource();
        var solving = solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, gone.Token);
        var pid = await fake.ReadAsync("pid");
        await fake.UntilAsync(() => IsKept(pid));

        await gone.CancelAsync();
        await fake.UntilAsync(() => Advance(time, solving));

        Assert.Equal("run: ❌ Hashcat execution timed out", (await solving).Error);
        Assert.True(IsKept(pid));
        Assert.Equal(1, fake.Logs.Count(5008));
        Assert.Equal("next: ❌ run_hashcat execution failed: an earlier hashcat has not ended", (await SolveNextAsync()).Error);
        Assert.Contains($"hashcat (process {pid}) was killed and does not end", await gate.ClearAsync(fake.Patience), StringComparison.Ordinal);
        Assert.False(gate.IsClear);

        await disk.ThawAsync();
        await fake.UntilAsync(() => fake.Logs.Count(5009) == 1);

        Assert.True(gate.IsClear);
        Assert.Null(await gate.ClearAsync(fake.Patience));
        Assert.Contains("exhausted", (await SolveNextAsync()).Error, StringComparison.Ordinal);

        Task<Bittensor.Compute.ChallengeOutput> SolveNextAsync() => solver.SolveAsync(FakeHashcat.Task(), "next", 0, Long, fake.Patience);
    }

    static bool Advance(FakeTimeProvider time, Task until)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return until.IsCompleted;
    }

    static Task<string?> Note(List<string> asked, string who)
    {
        asked.Add(who);
        return Task.FromResult<string?>(null);
    }

    // proc(5): D is a sleep that no signal ends.
    static bool IsKept(string pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..][0] == 'D';
    }
}
