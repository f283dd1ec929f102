using Bittensor.Subtensor;

namespace Bittensor.Tests.Subtensor;

public class SubtensorNetworksTests
{
    [Theory]
    [InlineData("finney", "wss://entrypoint-finney.opentensor.ai/")]
    [InlineData("test", "wss://test.finney.opentensor.ai/")]
    [InlineData("archive", "wss://archive.chain.opentensor.ai/")]
    [InlineData("latent-lite", "wss://lite.sub.latent.to/")]
    [InlineData("local", "ws://127.0.0.1:9944/")]
    [InlineData("ws://192.0.2.1:9944", "ws://192.0.2.1:9944/")]
    [InlineData("wss://chain.example:443/path", "wss://chain.example/path")]
    public void Resolve_NameOrUrl_PrefersTheNetworksEntryPoint(string name, string first) =>
        Assert.Equal(first, SubtensorNetworks.Resolve(name, localEndpoint: null)[0].AbsoluteUri);

    [Fact]
    public void Resolve_Local_ObeysTheOverride() => Assert.Equal("ws://10.0.0.1:9945/", SubtensorNetworks.Resolve("local", "ws://10.0.0.1:9945")[0].AbsoluteUri);

    [Theory]
    [InlineData("finey")]
    [InlineData("")]
    [InlineData("https://chain.example")]
    [InlineData("127.0.0.1:9944")]
    public void Resolve_AnythingElse_IsRefusedWithTheNames(string name) =>
        Assert.Contains("finney", Assert.Throws<FormatException>(() => SubtensorNetworks.Resolve(name, null)).Message);

    [Fact]
    public void ExpectedGenesis_PublicNetworks_IsKnown()
    {
        Assert.StartsWith("0x2f0555cc", SubtensorNetworks.ExpectedGenesis("finney").ToString());
        Assert.StartsWith("0x8f9cf856", SubtensorNetworks.ExpectedGenesis("test").ToString());
        Assert.Null(SubtensorNetworks.ExpectedGenesis("local"));
        Assert.Null(SubtensorNetworks.ExpectedGenesis("ws://192.0.2.1:9944"));
        Assert.Null(SubtensorNetworks.ExpectedGenesis("ws://127.0.0.1:9944"));
        // A host that is known for one chain is not believed for another.
        Assert.StartsWith("0x2f0555cc", SubtensorNetworks.ExpectedGenesis("wss://LITE.sub.latent.to:443").ToString());
        Assert.StartsWith("0x8f9cf856", SubtensorNetworks.ExpectedGenesis("wss://test.finney.opentensor.ai:443/").ToString());
    }
}
