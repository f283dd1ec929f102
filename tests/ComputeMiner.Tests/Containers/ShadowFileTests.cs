using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class ShadowFileTests
{
    [Fact]
    public void WithRootHash_ExistingRoot_ChangesOnlyItsHash() =>
        Assert.Equal(
            "daemon:*:1:0:99999:7:::\nroot:$6$x:19000:0:99999:7:::\nsshd:!:1::::::\n",
            ShadowFile.WithRootHash("daemon:*:1:0:99999:7:::\nroot:*:19000:0:99999:7:::\nsshd:!:1::::::\n", "$6$x"));

    [Fact]
    public void WithRootHash_NoRoot_AddsIt() => Assert.Equal("root:$6$x:::::::\n", ShadowFile.WithRootHash("", "$6$x"));
}
