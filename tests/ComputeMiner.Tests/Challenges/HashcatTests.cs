using Bittensor.Compute;
using ComputeMiner.Challenges;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.Challenges;

/// <summary>Challenges made as a validator makes them, cracked by the real hashcat on the CPU.</summary>
[Collection(nameof(HashcatCollection))]
public sealed class HashcatTests(HashcatFixture fixture)
{
    [Theory]
    [InlineData(600)]
    [InlineData(610)]
    public async Task Search_TenCharactersSevenLong_FindsThePassword(int mode)
    {
        var work = ProofOfWork.Make(7, mode);

        var result = await fixture.CrackAsync(work, TestContext.Current.CancellationToken);

        Assert.Equal((work.Password, 0), (result.Password, result.Exit.Code));
    }

    [Fact]
    public async Task Search_CharactersWithAMeaningElsewhere_AreTakenLiterally()
    {
        // Separator, hashcat's $HEX[], option and comment signs, all in one password.
        const string password = "$-[:#]";
        var work = Of(password, "$-[:#],;<>");

        Assert.Equal(password, (await fixture.CrackAsync(work, TestContext.Current.CancellationToken)).Password);
    }

    [Fact]
    public async Task Search_HashOfAnotherPassword_IsExhausted()
    {
        var result = await fixture.CrackAsync(Of("zzz", "abcdefghij"), TestContext.Current.CancellationToken);

        Assert.Equal((null, 1), (result.Password, result.Exit.Code));
        Assert.StartsWith("exhausted", result.Exit.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_TooLongForItsDeadline_IsKilledAtOnce()
    {
        // 10^12 candidates: more than a CPU tries in a day.
        var work = Of("zzzzzzzzzzzz", "abcdefghij");
        Assert.True(ChallengeTask.TryRead(work.Challenge, out var task, out _));
        using var deadline = new CancellationTokenSource();
        var speed = 0.0;

        // It is well under way when the deadline comes.
        var result = await fixture.Hashcat.SearchAsync(fixture.Program, task, status =>
        {
            speed = Math.Max(speed, status.Speed);
            if (speed > 0)
                deadline.Cancel();
        }, deadline.Token);

        Assert.Equal((null, 137), (result.Password, result.Exit.Code));
    }

    static ProofOfWork Of(string password, string characters)
    {
        var made = ProofOfWork.Make(password.Length, 600);
        return new ProofOfWork(password, new ChallengeSynapse
        {
            ChallengeHash = "$BLAKE2$" + Convert.ToHexStringLower(Bittensor.Crypto.Blake2b.Hash512(System.Text.Encoding.UTF8.GetBytes(password))),
            ChallengeMode = made.Challenge.ChallengeMode,
            ChallengeChars = characters,
            ChallengeMask = made.Challenge.ChallengeMask,
            ChallengeDifficulty = password.Length,
        });
    }
}
