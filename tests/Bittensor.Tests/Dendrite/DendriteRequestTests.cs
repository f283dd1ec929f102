using System.Globalization;
using System.Net;
using System.Text;
using Bittensor.Compute;
using Bittensor.Crypto;
using Bittensor.Dendrite;
using Bittensor.Tests.Axon;
using Bittensor.Tests.Vectors;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Dendrite;

public class DendriteRequestTests
{
    const string Uuid = "9578cefe-e686-11f1-948f-02fc00000001";

    static readonly AllocateSynapse RecordedSynapse = new()
    {
        Timeline = 1,
        DeviceRequirement = new DeviceRequirement
        {
            Cpu = new CpuRequirement { Count = 1 },
            Gpu = new GpuRequirement { Count = 1, Capacity = 0, Type = "" },
            HardDisk = new CapacityRequirement { Capacity = 1073741824 },
            Ram = new CapacityRequirement { Capacity = 1073741824 },
            Testing = true,
        },
    };

    [Fact]
    public void Build_WithTheRecordersClockAndKeys_IsTheRecordedRequestButForTheSignature()
    {
        var vector = VectorFile.AxonMessages.Find("requests", "0 ok");
        using var dendrite = RecordersDendrite();

        var request = dendrite.Build(RecordersTarget, RecordedSynapse, TimeSpan.FromSeconds(15));

        var recorded = vector.GetProperty("headers").EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!)).ToList();
        var signature = request.Get("bt_header_dendrite_signature")!;
        var recordedSignature = recorded.Single(header => header.Key == "bt_header_dendrite_signature").Value;
        Assert.True(Sr25519.Verify(
            TestAxon.Validator.Account.Bytes, Encoding.UTF8.GetBytes(vector.Text("signed_message")), Convert.FromHexString(signature.AsSpan(2))));
        Assert.Equal(recorded, request.Set("bt_header_dendrite_signature", recordedSignature).Headers);
        Assert.Equal(vector.Text("body"), request.Body.Replace(signature, recordedSignature, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_OnTheWire_HasThePythonClientsHeadersInItsOrder()
    {
        using var server = new ScriptedServer(RecordedAnswers.For("minimal {output}"));
        using var dendrite = RecordersDendrite();

        var response = await dendrite.CallAsync(
            new AxonTarget(server.EndPoint, TestAxon.Miner.Hotkey), RecordedSynapse, TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.True(response.IsAnswered);
        var request = await server.Requests;
        var lines = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        string[] expected =
        [
            "Host", "name", "timeout", "bt_header_axon_ip", "bt_header_axon_port", "bt_header_axon_hotkey", "bt_header_dendrite_ip",
            "bt_header_dendrite_version", "bt_header_dendrite_nonce", "bt_header_dendrite_uuid", "bt_header_dendrite_hotkey",
            "bt_header_dendrite_signature", "header_size", "total_size", "computed_body_hash", "Accept", "Accept-Encoding", "User-Agent",
            "Content-Length", "Content-Type",
        ];
        Assert.Equal("POST /Allocate HTTP/1.1", lines[0]);
        Assert.Equal(expected, lines.Skip(1).Select(line => line.Split(": ")[0]));
        Assert.Contains("Accept: */*", lines);
        Assert.Contains("Accept-Encoding: gzip, deflate", lines);
        Assert.Contains("Content-Type: application/json", lines);
        Assert.Contains("User-Agent: Python/3.11 aiohttp/3.10.11", lines);
    }

    [Fact]
    public void Build_TextOutsideAscii_IsEscapedAsPythonDoes()
    {
        using var dendrite = RecordersDendrite();
        var synapse = new AllocateSynapse { PublicKey = "a\"b\\c\nd\u007f\u00e9\ud83d\ude00" };

        var request = dendrite.Build(RecordersTarget, synapse, TimeSpan.FromSeconds(15));

        Assert.Contains("""
            "public_key": "a\"b\\c\nd\u007f\u00e9\ud83d\ude00"
            """, request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TwiceWhileTheClockStands_HasRisingNoncesAndOneUuid()
    {
        using var dendrite = RecordersDendrite();

        var first = dendrite.Build(RecordersTarget, RecordedSynapse, TimeSpan.FromSeconds(15));
        var second = dendrite.Build(RecordersTarget, RecordedSynapse, TimeSpan.FromSeconds(15));

        Assert.Equal(Nonce(first) + 1, Nonce(second));
        Assert.Equal(first.Get("bt_header_dendrite_uuid"), second.Get("bt_header_dendrite_uuid"));
    }

    [Fact]
    public void Uuid_NotGiven_IsALowerCaseVersionOne()
    {
        using var dendrite = new DendriteClient(TestAxon.Validator, new DendriteOptions(), new FakeTimeProvider(TestAxon.VectorTime));

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", dendrite.Uuid);
        Assert.Equal(1, Guid.Parse(dendrite.Uuid).Version);
    }

    [Theory]
    [InlineData(15, "15.0")]
    [InlineData(0.25, "0.25")]
    [InlineData(12.5, "12.5")]
    [InlineData(0.00005, "5e-05")]
    public void Build_Timeout_IsWrittenAsPythonWritesFloats(double seconds, string expected)
    {
        using var dendrite = RecordersDendrite();

        var request = dendrite.Build(RecordersTarget, RecordedSynapse, TimeSpan.FromSeconds(seconds));

        Assert.Equal(expected, request.Get("timeout"));
    }

    static AxonTarget RecordersTarget => new(IPEndPoint.Parse("203.0.113.5:8091"), TestAxon.Miner.Hotkey);

    static DendriteClient RecordersDendrite() => new(
        TestAxon.Validator,
        new DendriteOptions { Uuid = Uuid, ExternalAddress = IPAddress.Parse("198.51.100.7") },
        new FakeTimeProvider(TestAxon.VectorTime - TimeSpan.FromMilliseconds(50)));

    static long Nonce(DendriteRequest request) => long.Parse(request.Get("bt_header_dendrite_nonce")!, CultureInfo.InvariantCulture);
}
