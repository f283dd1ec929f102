using ComputeMiner.Dashboard;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Dashboard;

public sealed class WaitingSinceTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Mark_UndoneDoneAndUndoneAgain_CountsFromTheLastTimeItBecameUndone()
    {
        var since = new WaitingSince(_time);
        var begin = _time.GetUtcNow();

        Assert.Equal([begin, null], Mark(false, true));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal([begin, begin.AddSeconds(7)], Mark(false, false));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal([null, begin.AddSeconds(7)], Mark(true, false));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal([begin.AddSeconds(21), begin.AddSeconds(7)], Mark(false, false));

        IEnumerable<DateTimeOffset?> Mark(bool docker, bool chain) =>
            since.Mark([new("docker", docker, ""), new("chain", chain, "")]).Select(step => step.Since);
    }
}
