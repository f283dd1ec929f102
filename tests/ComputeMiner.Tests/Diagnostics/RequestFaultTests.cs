using System.Net;
using ComputeMiner.Diagnostics;
using ComputeMiner.Tests.Registry;

namespace ComputeMiner.Tests.Diagnostics;

public sealed class RequestFaultTests
{
    [Fact]
    public async Task Reason_OfAProxyThatRefuses_HoldsNoPassword()
    {
        await using var proxy = RawServer.Of("407 Proxy Authentication Required", []);
        var address = new UriBuilder(proxy.Endpoint) { UserName = "someone", Password = "verysecret" }.Uri;
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(address) });
        var fault = await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetAsync(new Uri("https://api.example.org/"), TestContext.Current.CancellationToken));

        Assert.Contains("verysecret", fault.Message, StringComparison.Ordinal);
        Assert.Contains("407", RequestFault.Reason(fault), StringComparison.Ordinal);
        Assert.DoesNotContain("someone", RequestFault.Reason(fault), StringComparison.Ordinal);
        Assert.DoesNotContain("verysecret", RequestFault.Reason(fault), StringComparison.Ordinal);
    }
}
