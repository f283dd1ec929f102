using ComputeMiner.Registry;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Registry;

/// <summary>One word per reading: L listed, N not listed, U unknown; a quarter of an hour lies between two.</summary>
public class AllocationVerdictsTests
{
    readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("", false)]
    [InlineData("N", false)]
    [InlineData("NN", false)]
    [InlineData("NNN", true)]
    [InlineData("NUNUN", true)]
    [InlineData("UUUUUUUU", false)]
    [InlineData("NNL", false)]
    [InlineData("NNLNN", false)]
    [InlineData("NNLNNN", true)]
    [InlineData("NNNL", false)]
    [InlineData("NNNU", true)]
    public void ForgottenSince_AfterReadings_IsThereOnlyWhenTheyAgree(string readings, bool isForgotten)
    {
        var started = _time.GetUtcNow();
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, readings, TimeSpan.FromMinutes(15));

        Assert.Equal(isForgotten, verdicts.ForgottenSince(started) is not null);
    }

    [Fact]
    public void ForgottenSince_WithinTheGrace_IsNull()
    {
        var started = _time.GetUtcNow();
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "NNNNN", TimeSpan.FromMinutes(1));

        Assert.Null(verdicts.ForgottenSince(started));
    }

    [Fact]
    public void ForgottenSince_OfReadingsFromBeforeTheRental_IsNull()
    {
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "NNNN", TimeSpan.FromMinutes(15));

        Assert.Null(verdicts.ForgottenSince(_time.GetUtcNow()));
    }

    [Fact]
    public void Reset_ForAnotherRental_StartsFromNothing()
    {
        var started = _time.GetUtcNow();
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "NNNN", TimeSpan.FromMinutes(15));
        verdicts.Reset();

        Assert.Null(verdicts.ForgottenSince(started));
    }

    void Observe(AllocationVerdicts verdicts, string readings, TimeSpan between)
    {
        foreach (var word in readings)
        {
            _time.Advance(between);
            var verdict = word switch { 'L' => AllocationVerdict.Listed, 'N' => AllocationVerdict.NotListed, _ => AllocationVerdict.Unknown };
            verdicts.Observe(new AllocationReading(verdict, 1, 0, ""));
        }
    }
}
