using ComputeMiner.Registry;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Registry;

public class RegistryPaceTests
{
    const string Stream = "files/entity/project/run/file_stream";

    readonly FakeTimeProvider _time = new();

    [Fact]
    public void WaitFor_OfOneKind_SaysNothingOfTheOther()
    {
        var pace = new RegistryPace(_time);
        pace.Pause("graphql", TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((TimeSpan.FromSeconds(40), null), (pace.WaitFor("graphql"), pace.WaitFor(Stream)));
    }

    /// <summary>Two answers on their way: the one that asks for more counts, whichever comes first.</summary>
    [Theory]
    [InlineData(60, 10)]
    [InlineData(10, 60)]
    public void Pause_Twice_IsTheLongerOne(int first, int second)
    {
        var pace = new RegistryPace(_time);
        pace.Pause(Stream, TimeSpan.FromSeconds(first));
        pace.Pause(Stream, TimeSpan.FromSeconds(second));

        Assert.Equal(TimeSpan.FromSeconds(60), pace.WaitFor(Stream));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(pace.WaitFor(Stream));
    }
}
