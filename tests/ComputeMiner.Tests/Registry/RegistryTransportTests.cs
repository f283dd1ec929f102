using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

/// <summary>Servers that mean no good, over real sockets: none gets the key that is not the service, none holds or fills the miner.</summary>
public class RegistryTransportTests
{
    static readonly RegistryKey Key = new(new string('a', 40), "test");
    static readonly string Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("api:" + Key.Value));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Post_ThatIsRedirected_AsksNobodyElse(int status)
    {
        await using var other = RawServer.Of("200 OK", "{}"u8.ToArray());
        await using var server = RawServer.Of($"{status} Moved\r\nLocation: {other.Endpoint}graphql", []);

        var fault = await FaultOfAsync(server.Endpoint);

        Assert.Equal(RegistryFault.Unavailable, fault.Fault);
        Assert.Contains(Secret, Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    /// <summary>What the requests look like on the wire, whatever the parts between are called.</summary>
    [Fact]
    public async Task Post_OfAnything_HasTheServicesHeadersAndAsksForNothingCompressed()
    {
        await using var server = RawServer.Of("200 OK", "{}"u8.ToArray());
        await PostAsync(server.Endpoint, TimeSpan.FromSeconds(30));

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /graphql HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Basic {Secret}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.Contains("User-Agent: ComputeMiner/", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Accept-Encoding", request, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Post_ToAServerWithAStrangersCertificate_SendsNoKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var heard = new StringBuilder();
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();

        var fault = await FaultOfAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        await serving;

        Assert.Equal(RegistryFault.Unavailable, fault.Fault);
        Assert.Empty(heard.ToString());

        async Task ServeAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await using var tls = new SslStream(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(certificate);
                var buffer = new byte[4096];
                heard.Append(Encoding.ASCII.GetString(buffer, 0, await tls.ReadAsync(buffer, TestContext.Current.CancellationToken)));
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away.
            }
        }
    }

    [Fact]
    public async Task Post_AnsweredDropByDrop_EndsWithItsPatience()
    {
        await using var server = new RawServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"u8.ToArray(), cancellation);
            using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (await drip.WaitForNextTickAsync(cancellation))
                await stream.WriteAsync(" "u8.ToArray(), cancellation);
        });

        var fault = await FaultOfAsync(server.Endpoint, TimeSpan.FromSeconds(1));

        Assert.Equal(RegistryFault.Unavailable, fault.Fault);
        Assert.Contains("no answer within 1 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AnsweredWithoutEnd_StopsAtTheLargestAnswer()
    {
        var sent = 0L;
        await using var server = new RawServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
            for (var chunk = new byte[1 << 20]; ; sent += chunk.Length)
                await stream.WriteAsync(chunk, cancellation);
        });

        var fault = await FaultOfAsync(server.Endpoint);

        Assert.Equal(RegistryFault.Rejected, fault.Fault);
        Assert.InRange(sent, 31L << 20, 64L << 20);
    }

    [Fact]
    public async Task Post_AnsweredWithHeadersWithoutEnd_StopsEarly()
    {
        var sent = 0L;
        await using var server = new RawServer(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancellation);
            for (var line = Encoding.ASCII.GetBytes($"X-Flood: {new string('x', 1000)}\r\n"); ; sent += line.Length)
                await stream.WriteAsync(line, cancellation);
        });

        Assert.Equal(RegistryFault.Rejected, (await FaultOfAsync(server.Endpoint)).Fault);
        Assert.InRange(sent, 0, 16L << 20);
    }

    [Fact]
    public async Task Post_AnsweredWithAGzipBomb_DoesNotUnpackIt()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            for (var zeros = new byte[1 << 20]; gzip.CanWrite && packed.Length < 256 << 10;)
                await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
        }
        await using var server = RawServer.Of("200 OK\r\nContent-Encoding: gzip", packed.ToArray());

        Assert.Equal("the answer is no JSON object", (await FaultOfAsync(server.Endpoint)).Message);
    }

    /// <summary>Bytes that are no text must not throw where they are read.</summary>
    [Theory]
    [InlineData("{\"data\":{\"viewer\":{\"username\":\"\u00ff\"}}}")]
    [InlineData("{\"\u00ff\":1}")]
    [InlineData("{\"a\":\"\u00ed\u00a0\u0080\"}")]
    [InlineData("{\"error\":{\"message\":\"\u00c3\"}}")]
    public async Task Post_AnsweredWithBytesThatAreNoText_IsNoAnswer(string latin)
    {
        await using var server = RawServer.Of("200 OK", Encoding.Latin1.GetBytes(latin));

        Assert.Equal(RegistryFault.Unavailable, (await FaultOfAsync(server.Endpoint)).Fault);
    }

    /// <summary>A proxy's or a service's words go to a terminal.</summary>
    [Fact]
    public async Task Post_AnsweredWithControlCharacters_ShowsNone()
    {
        await using var server = RawServer.Of("500 No", """{"error":"a\u001b[2J\nb"}"""u8.ToArray());

        Assert.Equal("500 a [2J b", (await FaultOfAsync(server.Endpoint)).Message);
    }

    [Theory]
    [InlineData("204 No Content")]
    [InlineData("202 Accepted")]
    public async Task Post_AnsweredWithAnotherGoodStatusAndNothing_MayBeTriedAgain(string head)
    {
        await using var server = RawServer.Of(head, []);

        Assert.Equal(RegistryFault.Unavailable, (await FaultOfAsync(server.Endpoint)).Fault);
    }

    /// <summary>A date is counted from the service's own: a machine whose clock is wrong by days waits no longer.</summary>
    [Theory]
    [InlineData("Retry-After: 90", 90.0)]
    [InlineData("Retry-After: 0.5", 0.5)]
    [InlineData("Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2026 00:01:30 GMT", 90.0)]
    [InlineData("Date: Thu, 01 Jan 2037 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2037 00:01:30 GMT", 90.0)]
    [InlineData("Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nRetry-After: Wed, 31 Dec 2025 00:01:30 GMT", null)]
    [InlineData("Retry-After: 30\r\nRateLimit-Reset: 40", 40.0)]
    [InlineData("Retry-After: 99999999999", 3600.0)]
    [InlineData("Retry-After: NaN", null)]
    [InlineData("Retry-After: 1e400", null)]
    [InlineData("Retry-After: -1", null)]
    [InlineData("Retry-After: soon", null)]
    public async Task Post_ThatHasToWait_IsToldHowLong(string headers, double? seconds)
    {
        await using var server = RawServer.Of($"429 Too Many Requests\r\n{headers}", """{"error":"rate limit exceeded"}"""u8.ToArray());

        Assert.Equal(seconds, (await FaultOfAsync(server.Endpoint)).Wait?.TotalSeconds);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9955/", false)]
    [InlineData("https://api.wandb.ai/", true)]
    public void Handler_ByService_UsesAProxyOnlyForOtherMachines(string service, bool usesProxy)
    {
        using var handler = RegistryTransport.CreateHandler(new Uri(service));

        Assert.Equal((usesProxy, false, DecompressionMethods.None), (handler.UseProxy, handler.AllowAutoRedirect, handler.AutomaticDecompression));
    }

    static async Task<RegistryException> FaultOfAsync(Uri service, TimeSpan? patience = null)
    {
        var fault = await Assert.ThrowsAsync<RegistryException>(() => PostAsync(service, patience ?? TimeSpan.FromSeconds(30)));
        Assert.DoesNotContain(Key.Value, fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
        return fault;
    }

    static async Task PostAsync(Uri service, TimeSpan patience)
    {
        using var transport = new RegistryTransport(service, Key, patience, new RegistryPace(TimeProvider.System), TimeProvider.System);
        await transport.PostAsync("graphql", [], TestContext.Current.CancellationToken);
    }
}
