using Bittensor.Compute;
using ComputeMiner.Challenges;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.Challenges;

public sealed class ChallengeTaskTests
{
    // hashlib.blake2b(b"a1b2" + b"0011223344556677").hexdigest() of Python 3.11.
    const string Hash = "$BLAKE2$ded6016983c750cfacd4144a2a756e10bed7c98747daeaa824e700e86c9a9ca678673cade0d4bca5bb54418bf50a3b27d85b74e0e9d31fe0323e385ebf591935";
    const string Salt = "0011223344556677";

    [Fact]
    public void TryRead_AsAValidatorMakesIt_IsSolvedByItsPasswordOnly()
    {
        Assert.True(ChallengeTask.TryRead(Challenge(), out var task, out _));

        Assert.True(task.IsSolvedBy("a1b2"));
        Assert.False(task.IsSolvedBy("a1b3"));
        Assert.False(task.IsSolvedBy(""));
        Assert.Equal(($"{Hash}:{Salt}", "?1?1?1?1", 610), (task.HashLine, task.Mask, task.Mode));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(610)]
    public void TryRead_EveryChallengeMade_IsAccepted(int mode)
    {
        for (var i = 0; i < 200; i++)
        {
            var work = ProofOfWork.Make(1 + (i % ChallengeTask.LongestPassword), mode);

            Assert.True(ChallengeTask.TryRead(work.Challenge, out var task, out var fault), fault);
            Assert.True(task.IsSolvedBy(work.Password));
        }
    }

    [Theory]
    [InlineData("mode", "")]
    [InlineData("mode", "0")]
    [InlineData("mode", "0610")]
    [InlineData("mode", "610 ")]
    [InlineData("mode", "610 --outfile=/etc/passwd")]
    [InlineData("mode", "-m")]
    [InlineData("hash", "")]
    [InlineData("hash", "$BLAKE2$00")]
    [InlineData("hash", "/etc/shadow")]
    [InlineData("hash", Hash + "0")]
    [InlineData("hash", Hash + "\n")]
    [InlineData("hash", "$blake2$ded6016983c750cfacd4144a2a756e10bed7c98747daeaa824e700e86c9a9ca678673cade0d4bca5bb54418bf50a3b27d85b74e0e9d31fe0323e385ebf591935")]
    [InlineData("hash", "$BLAKE2$zed6016983c750cfacd4144a2a756e10bed7c98747daeaa824e700e86c9a9ca678673cade0d4bca5bb54418bf50a3b27d85b74e0e9d31fe0323e385ebf591935")]
    [InlineData("salt", "")]
    [InlineData("salt", "00:11")]
    [InlineData("salt", "00\n11")]
    [InlineData("salt", "$(id)")]
    [InlineData("salt", "00112233445566770011223344556677001122334455667700112233445566770")]
    [InlineData("chars", "")]
    [InlineData("chars", "abc?d")]
    [InlineData("chars", "ab c")]
    [InlineData("chars", "ab\0c")]
    [InlineData("chars", "abcé")]
    [InlineData("chars", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("mask", "")]
    [InlineData("mask", "?")]
    [InlineData("mask", "?1?")]
    [InlineData("mask", "?1?2")]
    [InlineData("mask", "?1?1a")]
    [InlineData("mask", "--help")]
    [InlineData("mask", "/etc/passwd")]
    [InlineData("mask", "?1?1?1?1?1?1?1?1?1?1?1?1?1?1?1?1?1")]
    public void TryRead_FieldOutOfForm_NamesTheField(string field, string value)
    {
        var challenge = Challenge();
        switch (field)
        {
            case "mode": challenge.ChallengeMode = value; break;
            case "hash": challenge.ChallengeHash = value; break;
            case "salt": challenge.ChallengeSalt = value; break;
            case "chars": challenge.ChallengeChars = value; break;
            default: challenge.ChallengeMask = value; break;
        }

        Assert.False(ChallengeTask.TryRead(challenge, out _, out var fault));
        Assert.StartsWith($"challenge_{field} must be", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_SaltInAModeWithoutOne_IsRefused()
    {
        var challenge = Challenge();
        challenge.ChallengeMode = "600";

        Assert.False(ChallengeTask.TryRead(challenge, out _, out var fault));
        Assert.Equal("challenge_salt must be empty in mode 600", fault);
    }

    static ChallengeSynapse Challenge() => new()
    {
        ChallengeHash = Hash, ChallengeSalt = Salt, ChallengeMode = "610", ChallengeChars = "abcd1234!:", ChallengeMask = "?1?1?1?1", ChallengeDifficulty = 4,
    };
}
