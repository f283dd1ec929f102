using Bittensor.Dendrite;
using Bittensor.Synapses;

namespace Bittensor.Tests.Axon;

/// <summary>Bodies at the edge of what is taken in.</summary>
public class AxonBodySizeTests
{
    const int BodyLimit = 256 * 1024;

    /// <summary>Larger than what is taken in before anybody looks at a request: the rest must still come.</summary>
    [Fact]
    public async Task Invoke_BodyOfTheLargestSize_IsServed()
    {
        await using var axon = await TestAxon.StartAsync();

        Assert.Equal(200, (await axon.ExchangeAsync(Padded(axon.AllocateText(), BodyLimit))).Status);
    }

    /// <summary>Anyone may ping: what a stranger can make us keep is little, however he frames it.</summary>
    [Theory]
    [InlineData(16 * 1024, 200)]
    [InlineData(16 * 1024 + 1, 413)]
    [InlineData(200 * 1024, 413)]
    public async Task Invoke_PingWithALargeBody_Is413(int length, int status)
    {
        await using var axon = await TestAxon.StartAsync();
        using var dendrite = new DendriteClient(TestAxon.Other, new(), axon.Time);
        var ping = dendrite.Build(axon.Target, new PingSynapse(), TimeSpan.FromSeconds(12)).ToWire();

        Assert.Equal(status, (await axon.ExchangeAsync(Padded(ping, length))).Status);
    }

    static string Padded(string request, int length)
    {
        var (at, end) = (request.IndexOf("Content-Length", StringComparison.Ordinal), request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4);
        return $"{request[..at]}Content-Length: {length}\r\n\r\n{request[end..]}{new string(' ', length - (request.Length - end))}";
    }
}
