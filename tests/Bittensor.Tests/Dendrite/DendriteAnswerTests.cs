using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Tests.Axon;
using Bittensor.Tests.Vectors;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Dendrite;

public class DendriteAnswerTests
{
    const string Section = "dendrite_reaction_to_responses";

    /// <summary>Answers on which a Python dendrite raises into its caller's code. Ours makes them failures like any other.</summary>
    const int EscapedException = 422;

    static readonly string[] WithoutServer = ["TCP connection refused", "no answer within the timeout"];

    public static TheoryData<string> Answers =>
        [.. VectorFile.AxonMessages[Section].EnumerateArray().Select(vector => vector.Text("response")).Except(WithoutServer)];

    [Theory, MemberData(nameof(Answers))]
    public async Task Call_RecordedAnswer_HasTheRecordedOutputAndStatus(string description)
    {
        using var server = new ScriptedServer(RecordedAnswers.For(description));

        var response = await CallAsync(server.EndPoint, TimeProvider.System);

        AssertRecorded(description, response);
    }

    [Theory]
    [InlineData("200 OK", """{"name":"\ud800"}""")]
    [InlineData("200 OK", """{"\ud800":1,"axon":{"status_message":"\udfff"}}""")]
    [InlineData("200 OK", """{"timeout":"\ud800"}""")]
    [InlineData("200 OK", """{"output":{"status":true,"info":"\ud800"},"total_size":"\ud800"}""")]
    [InlineData("500 Internal Server Error", """{"message":"\ud800"}""")]
    public async Task Call_AnswerWithHalfACharacter_IsAnUnusableAnswer(string status, string body)
    {
        var answer = $"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}";
        using var server = new ScriptedServer(System.Text.Encoding.Latin1.GetBytes(answer));

        var response = await CallAsync(server.EndPoint, TimeProvider.System);

        Assert.Equal(422, response.StatusCode);
        Assert.False(response.IsAnswered);
    }

    [Fact]
    public async Task Call_PortNobodyListensAt_IsServiceUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var free = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();

        var response = await CallAsync(free, TimeProvider.System);

        AssertRecorded(WithoutServer[0], response);
        Assert.Equal($"Service unavailable at {free}/Allocate", response.StatusMessage);
    }

    [Fact]
    public async Task Call_AxonThatNeverAnswers_IsATimeout()
    {
        using var server = new ScriptedServer(null);
        var time = new FakeTimeProvider();

        var call = CallAsync(server.EndPoint, time);
        await server.Requests;
        time.Advance(TimeSpan.FromSeconds(1));
        var response = await call;

        AssertRecorded(WithoutServer[1], response);
        Assert.Equal("Request timeout after 1.0 seconds", response.StatusMessage);
    }

    [Fact]
    public void Section_EveryRecordedAnswer_IsCovered() =>
        Assert.Equal(50, Answers.Count + WithoutServer.Length);

    static async Task<DendriteResponse<AllocateSynapse>> CallAsync(IPEndPoint endPoint, TimeProvider time)
    {
        using var dendrite = new DendriteClient(TestAxon.Validator, new DendriteOptions(), time);
        var timeout = TimeSpan.FromSeconds(time is FakeTimeProvider ? 1 : 30);
        return await dendrite.CallAsync(
            new AxonTarget(endPoint, TestAxon.Miner.Hotkey), new AllocateSynapse(), timeout, TestContext.Current.CancellationToken);
    }

    static void AssertRecorded(string description, DendriteResponse<AllocateSynapse> response)
    {
        var vector = VectorFile.AxonMessages[Section].EnumerateArray().Single(vector => vector.Text("response") == description);
        if (vector.TryGetProperty("raises", out _))
        {
            Assert.Equal(EscapedException, response.StatusCode);
            Assert.Null(response.Synapse.Output.Status);
            Assert.False(response.IsAnswered);
            return;
        }
        Assert.Equal(vector.Text("output_seen_by_validator"), response.Synapse.Output.Status == true ? "{'status': True}" : "{}");
        var status = vector.GetProperty("dendrite_status_code");
        Assert.Equal(status.ValueKind == JsonValueKind.Null ? null : status.GetInt32(), response.StatusCode);
        // The texts of Python's own failures are its own; those that come from the axon are the same, cut at 100 characters.
        var message = vector.Text("dendrite_status_message");
        if (status.ValueKind == JsonValueKind.Null || response.StatusCode == response.HttpStatus)
            Assert.StartsWith(message == "None" ? "" : message, response.StatusMessage ?? "", StringComparison.Ordinal);
    }
}
