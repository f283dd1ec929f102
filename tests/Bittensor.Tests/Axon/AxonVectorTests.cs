using System.Text.Json;
using Bittensor.Axon;
using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Axon;

public class AxonVectorTests
{
    /// <summary>
    /// The recommendation leaves a choice here ("may refuse with 400"). The cross-check of the body's identity is one of our
    /// steps, so the stricter answer is ours.
    /// </summary>
    const string Choice = "body_identity_differs";

    public static TheoryData<string> Requests => VectorFile.AxonMessages.Names("requests");

    [Theory, MemberData(nameof(Requests))]
    public async Task Invoke_RecordedRequest_AnswersAsRecommended(string name)
    {
        var vector = VectorFile.AxonMessages.Find("requests", name);
        await using var axon = await TestAxon.StartAsync();
        axon.Admission.Reason = vector.GetProperty("blacklist_reason").GetString();
        if (vector.GetProperty("stored_nonce") is { ValueKind: JsonValueKind.Number } stored)
            Assert.True(axon.Pipeline.Nonces.TryAdvance(Hotkey.Parse(HeaderOf(vector, "hotkey")), HeaderOf(vector, "uuid"), stored.GetInt64()));
        Assert.Equal(1_760_000_000_000_000_000, vector.GetProperty("now_ns").GetInt64());

        var answer = await axon.ExchangeAsync(WireOf(vector));

        var expected = vector.Text("name") == Choice ? 400 : vector.GetProperty("recommended").GetProperty("status").GetInt32();
        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected.ToString(), answer.Header("bt_header_axon_status_code"));
        using var body = JsonDocument.Parse(answer.Body);
        if (expected != 200)
            Assert.Equal(answer.Header("bt_header_axon_status_message"), body.RootElement.Text("message"));
        else if (vector.Text("path") == "/Allocate")
            Assert.Equal("""{"status":true,"port":4444}""", body.RootElement.GetProperty("output").GetRawText());
    }

    [Theory]
    [InlineData("5 too_old", "Not Verified with error: Nonce is too old: acceptable delta is 19.00 seconds but request was 25.00 seconds old")]
    [InlineData("7 stored_nonce_equal", "Not Verified with error: Nonce is too old, a newer one was last processed")]
    [InlineData("39 nonce_missing", "Not Verified with error: Missing Nonce")]
    [InlineData("68 blacklisted", "Forbidden. Key is blacklisted: Not enough stake!.")]
    public async Task Invoke_RecordedRefusal_HasTheReferencesText(string name, string message)
    {
        var vector = VectorFile.AxonMessages.Find("requests", name);
        Assert.Equal(message, vector.GetProperty("expect_ni_compute_1_9_0").GetProperty("body").Text("message"));
        await using var axon = await TestAxon.StartAsync();
        axon.Admission.Reason = vector.GetProperty("blacklist_reason").GetString();
        if (vector.GetProperty("stored_nonce") is { ValueKind: JsonValueKind.Number } stored)
            axon.Pipeline.Nonces.TryAdvance(Hotkey.Parse(HeaderOf(vector, "hotkey")), HeaderOf(vector, "uuid"), stored.GetInt64());

        var answer = await axon.ExchangeAsync(WireOf(vector));

        Assert.Equal(RawResponse.MessageBody(message), answer.Body);
    }

    [Fact]
    public async Task Invoke_AllRecordedRequestsAtOneAxon_AreCountedByOutcome()
    {
        await using var axon = await TestAxon.StartAsync();
        var refused = 0;
        foreach (var vector in VectorFile.AxonMessages["requests"].EnumerateArray())
        {
            var answer = await axon.ExchangeAsync(WireOf(vector));
            refused += answer.Status == 200 ? 0 : 1;
        }

        var statistics = axon.Pipeline.Statistics;
        Assert.Equal(70, statistics.Snapshot().Sum(count => count.Count));
        Assert.Equal(70 - refused, statistics.Total(AxonOutcome.Answered));
        Assert.Equal(4, statistics.Count("", AxonOutcome.UnknownRoute));
        Assert.Equal(2, statistics.Count("Allocate", AxonOutcome.WrongMethod));
    }

    static string WireOf(JsonElement vector)
    {
        var headers = vector.GetProperty("headers").EnumerateArray()
            .Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!))
            .Append(KeyValuePair.Create("Content-Type", vector.Text("content_type")));
        return WireText.Build(vector.Text("method"), vector.Text("path"), headers, vector.Text("body"));
    }

    static string HeaderOf(JsonElement vector, string field) =>
        vector.GetProperty("headers").EnumerateArray().Single(pair => pair[0].GetString() == $"bt_header_dendrite_{field}")[1].GetString()!;
}
