using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Dashboard;
using ComputeMiner.Schedule;
using ComputeMiner.Updates;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Dashboard;

public sealed class AdminServerTests
{
    static readonly MinerStatus Status = new(
        "1.0.0", DateTimeOffset.UnixEpoch, 1, "5Grw", 27, Ready: true, [], new ChainStatus(1, 1, 1, null, null, null, "unknown"),
        new RentalStatus("Free", null, null, null, null, null), new Dictionary<string, long>(), []);

    [Theory]
    [InlineData("GET", "/", null, HttpStatusCode.OK)]
    [InlineData("GET", "/status", null, HttpStatusCode.OK)]
    [InlineData("GET", "/healthz", null, HttpStatusCode.OK)]
    [InlineData("GET", "/readyz", null, HttpStatusCode.OK)]
    [InlineData("GET", "/other", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/admission/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", null, HttpStatusCode.OK)]
    [InlineData("GET", "/admission/nobody", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/admission/", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "/status", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/status", "localhost:8092", HttpStatusCode.OK)]
    [InlineData("GET", "/status", "[::1]:8092", HttpStatusCode.OK)]
    [InlineData("GET", "/status", "rebound.example:8092", HttpStatusCode.MisdirectedRequest)]
    [InlineData("GET", "/", "localhost.example", HttpStatusCode.MisdirectedRequest)]
    public async Task Answer_EachPath_HasItsStatus(string method, string path, string? host, HttpStatusCode expected)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), server.Url + path);
        request.Headers.Host = host;

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected == HttpStatusCode.OK && (path == "/status" || path.Length > 20), body.Contains("5Grw", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_CensusAndJobs_AreTold()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        var census = new CensusResult(100, now, 3, [new VersionCount("1.9.0", 2), new VersionCount("none", 1)], 188, 2, true);
        var job = new JobStatus("metagraph", 1, 60, 7, 100, now, false, true, "3 neurons at block 100");
        await using var server = new AdminServer(
            new IPEndPoint(IPAddress.Loopback, 0), () => Status with { Validators = census, Jobs = [job] }, Explain, NullLogger<AdminServer>.Instance);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();

        var status = JsonDocument.Parse(await http.GetStringAsync(new Uri(server.Url + "/status"), TestContext.Current.CancellationToken)).RootElement;

        var validators = status.GetProperty("validators");
        Assert.Equal((3, 188, 2, true), (validators.GetProperty("validators").GetInt32(), validators.GetProperty("minimum").GetInt32(),
            validators.GetProperty("updated").GetInt32(), validators.GetProperty("isQuorum").GetBoolean()));
        Assert.Equal(["1.9.0 2", "none 1"], validators.GetProperty("counts").EnumerateArray().Select(count => $"{count.GetProperty("version")} {count.GetProperty("validators")}"));
        Assert.Equal(200.0 / 3, validators.GetProperty("share").GetDouble(), 6);
        var row = status.GetProperty("jobs")[0];
        Assert.Equal(("metagraph", 60, 7, 100ul, now), (row.GetProperty("name").GetString(), row.GetProperty("patienceSeconds").GetInt32(),
            row.GetProperty("runs").GetInt32(), row.GetProperty("block").GetUInt64(), row.GetProperty("started").GetDateTimeOffset()));
    }

    /// <summary>The framework's own configuration (environment, appsettings.json) must not open the page on another address.</summary>
    [Fact]
    public async Task StartAsync_FrameworkVariableNamesAnotherAddress_ListensOnOursOnly()
    {
        const string Variable = "Kestrel__Endpoints__Surprise__Url";
        var port = FreePort.Next();
        Environment.SetEnvironmentVariable(Variable, $"http://127.0.0.1:{port}");
        try
        {
            await using var server = await StartAsync();
            using var client = new TcpClient();

            await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken).AsTask());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    static AdmissionExplanation Explain(Hotkey hotkey) => AdmissionExplanation.Of(hotkey, [], null, DateTimeOffset.UnixEpoch);

    static async Task<AdminServer> StartAsync()
    {
        var server = new AdminServer(new IPEndPoint(IPAddress.Loopback, 0), () => Status, Explain, NullLogger<AdminServer>.Instance);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
