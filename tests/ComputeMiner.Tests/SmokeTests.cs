namespace ComputeMiner.Tests;

public class SmokeTests
{
    [Fact]
    public void Placeholder() => Assert.NotNull(typeof(SmokeTests));
}
