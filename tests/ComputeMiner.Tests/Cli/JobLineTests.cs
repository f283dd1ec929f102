using ComputeMiner.Cli;
using ComputeMiner.Schedule;

namespace ComputeMiner.Tests.Cli;

public class JobLineTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(null, false, true, "axon entry: said (deadline 5 min)")]
    [InlineData(12.0, false, true, "axon entry: ok at block 77, 12 s ago (deadline 5 min): said")]
    [InlineData(-1.0, true, true, "axon entry: running since block 77, 0 s ago (deadline 5 min): said")]
    [InlineData(9000.0, false, false, "axon entry: FAILED at block 77, 2 h ago (deadline 5 min): said")]
    public void Of_EachState_ShowsBlockAgeAndDeadline(double? age, bool isRunning, bool ok, string expected) => Assert.Equal(expected, JobLine.Of(
        new JobStatus("axon entry", 1, 300, 1, age is null ? null : 77ul, age is { } s ? Now.AddSeconds(-s) : null, isRunning, ok, "said"), Now));
}
