using ComputeMiner.Notices;

namespace ComputeMiner.Tests.Notices;

public class TimeLeftTests
{
    [Theory]
    [InlineData("29.04:59:00", "29 days 4 hours")]
    [InlineData("2.01:00:00", "2 days 1 hour")]
    [InlineData("1.23:59:59", "47 hours 50 minutes")]
    [InlineData("1.00:00:00", "24 hours")]
    [InlineData("01:09:59", "1 hour")]
    [InlineData("00:59:59", "59 minutes")]
    [InlineData("00:01:00", "1 minute")]
    [InlineData("00:00:59", "less than a minute")]
    [InlineData("00:00:00", "less than a minute")]
    public void Words_EachLength_IsRoundedDown(string left, string words) => Assert.Equal(words, TimeLeft.Words(TimeSpan.Parse(left)));
}
