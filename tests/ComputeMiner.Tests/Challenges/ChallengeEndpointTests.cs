using System.Net;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Challenges;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Challenges;

public sealed class ChallengeEndpointTests
{
    static readonly AxonCaller Caller = new(
        Keypair.FromUri("//Alice").Hotkey, "Challenge", IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(60), DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Handle_Off_AnswersNothingTried()
    {
        var synapse = new ChallengeSynapse { ChallengeHash = "anything", Output = new ChallengeOutput { Password = "the caller's own" } };

        await new ChallengeEndpoint(() => null, _ => 0, new RecordedLogs().CreateLogger<ChallengeEndpoint>())
            .HandleAsync(synapse, Caller, TestContext.Current.CancellationToken);

        Assert.Equal(new ChallengeOutput(), synapse.Output);
        Assert.Equal("anything", synapse.ChallengeHash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Handle_DifficultyOfNothing_AnswersAsTheReferenceDoesAndRunsNothing(int difficulty)
    {
        using var fake = await FakeHashcat.CreateAsync("touch \"$DIR\"/ran");
        var work = ComputeMiner.Validator.ProofOfWork.Make(3, 610);
        work.Challenge.ChallengeDifficulty = difficulty;

        await HandleAsync(fake, work.Challenge);

        Assert.Equal(new ChallengeOutput(), work.Challenge.Output);
        Assert.False(fake.Has("ran"));
    }

    [Fact]
    public async Task Handle_FieldOutOfForm_AnswersWhichOneUnderTheRunIdAndRunsNothing()
    {
        using var fake = await FakeHashcat.CreateAsync("touch \"$DIR\"/ran");
        var synapse = new ChallengeSynapse { ChallengeHash = "0123456789line\nbreak\u001b[2J", ChallengeMode = "1410", ChallengeDifficulty = 4 };

        await HandleAsync(fake, synapse);

        Assert.Equal("5GrwvaEF/4/line_break: ❌ run_hashcat execution failed: challenge_mode must be 600 or 610", synapse.Output.Error);
        Assert.False(fake.Has("ran"));
    }

    [Fact]
    public async Task Handle_Challenge_IsWorkedOnUnderItsRunId()
    {
        using var fake = await FakeHashcat.CreateAsync("exit 1");
        var work = ComputeMiner.Validator.ProofOfWork.Make(4, 610);

        await HandleAsync(fake, work.Challenge);

        Assert.StartsWith($"5GrwvaEF/4/{work.Challenge.ChallengeHash[10..20]}: ❌ Hashcat execution failed with code 1", work.Challenge.Output.Error, StringComparison.Ordinal);
    }

    static async Task HandleAsync(FakeHashcat fake, ChallengeSynapse synapse)
    {
        var solver = await fake.SolverAsync();
        await new ChallengeEndpoint(() => solver, _ => 0, fake.Logs.CreateLogger<ChallengeEndpoint>())
            .HandleAsync(synapse, Caller, fake.Patience);
    }
}
