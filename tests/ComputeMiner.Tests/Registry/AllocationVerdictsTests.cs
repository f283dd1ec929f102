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
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "a", readings, TimeSpan.FromMinutes(15));

        Assert.Equal(isForgotten, verdicts.ForgottenSince is not null);
    }

    [Fact]
    public void ForgottenSince_OfReadingsThatAgree_IsTheFirstOfThem()
    {
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "a", "N", TimeSpan.FromMinutes(15));
        var first = _time.GetUtcNow();
        Observe(verdicts, "a", "NN", TimeSpan.FromMinutes(15));

        Assert.Equal(first, verdicts.ForgottenSince);
    }

    [Fact]
    public void ForgottenSince_WithinTheGrace_IsNull()
    {
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, "a", "NNNNN", TimeSpan.FromMinutes(1));

        Assert.Null(verdicts.ForgottenSince);
    }

    /// <summary>A clock that is set between two readings is no time in which the validators were silent.</summary>
    [Fact]
    public void ForgottenSince_WhereTheClockWasSet_CountsTheTimeThatPassed()
    {
        var clock = new WallClock(_time);
        var verdicts = new AllocationVerdicts(clock);
        Observe(verdicts, "a", "NN", TimeSpan.FromMinutes(1));
        clock.Set(TimeSpan.FromDays(1));
        Observe(verdicts, "a", "N", TimeSpan.FromMinutes(1));
        var early = verdicts.ForgottenSince;
        clock.Set(TimeSpan.FromDays(-30));
        Observe(verdicts, "a", "NN", TimeSpan.FromMinutes(15));

        Assert.Null(early);
        Assert.NotNull(verdicts.ForgottenSince);
    }

    /// <summary>While the machine is free nobody lists it, which says nothing of the rental that comes then.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("before")]
    public void ForgottenSince_OfAnotherRental_CountsFromItsOwnFirstReading(string? before)
    {
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, before, "NNNN", TimeSpan.FromMinutes(15));
        Observe(verdicts, "a", "NN", TimeSpan.FromMinutes(15));
        var early = verdicts.ForgottenSince;
        Observe(verdicts, "a", "N", TimeSpan.FromMinutes(15));

        Assert.Null(early);
        Assert.NotNull(verdicts.ForgottenSince);
    }

    [Fact]
    public void ForgottenSince_WhileTheMachineIsFree_IsNull()
    {
        var verdicts = new AllocationVerdicts(_time);
        Observe(verdicts, null, "NNNNNN", TimeSpan.FromMinutes(15));

        Assert.Null(verdicts.ForgottenSince);
    }

    void Observe(AllocationVerdicts verdicts, string? rental, string readings, TimeSpan between)
    {
        foreach (var word in readings)
        {
            _time.Advance(between);
            var verdict = word switch { 'L' => AllocationVerdict.Listed, 'N' => AllocationVerdict.NotListed, _ => AllocationVerdict.Unknown };
            verdicts.Observe(rental, new AllocationReading(verdict, 1, 0, ""));
        }
    }
}
