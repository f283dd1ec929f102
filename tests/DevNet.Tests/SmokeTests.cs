namespace DevNet.Tests;

public class SmokeTests
{
    [Fact]
    public void Placeholder() => Assert.NotNull(typeof(SmokeTests));
}
