using Bittensor.Axon;

namespace Bittensor.Tests.Axon;

/// <summary>What arrives on an open port: each kind has its exact answer.</summary>
public class AxonBadInputTests
{
    const int BodyLimit = 256 * 1024;
    const string EarlyEnd = """{"message":"The body ended early or is not framed as its headers say."}""";

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/1.1\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: zip\r\n\r\n", 400)]
    [InlineData("POST /Allocate HTTP/9.9\r\nHost: a\r\n\r\n", 505)]
    public async Task Server_HeadThatIsNotHttp_IsAnsweredWithoutBodyAndClosed(string request, int status)
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync(request);
        var answer = await connection.ReceiveAsync();

        Assert.Equal((status, ""), (answer.Status, answer.Body));
        Assert.True(await connection.IsClosedAsync());
        Assert.Empty(axon.Handled);
    }

    [Fact]
    public async Task Server_HeadOverTheLimit_Is431AndClosed()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync(axon.AllocateText(request => request.Add("x", new string('x', 33 * 1024))));
        var answer = await connection.ReceiveAsync();

        Assert.Equal((431, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Server_RequestLineOverTheLimit_Is414AndClosed()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync($"POST /{new string('x', 9000)} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal((414, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Server_SlowHead_Is408AndClosed()
    {
        await using var axon = await TestAxon.StartAsync(options => options.HeadTimeout = TimeSpan.FromMilliseconds(100));
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync("POST /Allocate HTTP/1.1\r\nHost: a\r\n");
        var answer = await connection.ReceiveAsync();

        Assert.Equal((408, ""), (answer.Status, answer.Body));
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task Server_HeadCutOff_IsClosedWithoutEffect()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync("POST /Allocate HTTP/1.1\r\nHost: a\r\n");
        connection.FinishSending();

        // Whether the server sees the end or the disconnect first, it answers a bare 400 or nothing.
        var rest = await connection.ReadToEndAsync();
        Assert.True(rest.Length == 0 || rest.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), rest);
        Assert.Empty(axon.Pipeline.Statistics.Snapshot());
    }

    [Fact]
    public async Task Server_MoreConnectionsThanAllowed_ClosesTheNewOne()
    {
        await using var axon = await TestAxon.StartAsync(options => options.MaxConnections = 1);
        using var first = await axon.ConnectAsync();
        await first.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await first.ReceiveAsync()).Status);

        Assert.True(await axon.TurnsAwayAsync());
    }

    /// <summary>Idle connections cost nothing to open: one address must not be able to keep the others out.</summary>
    [Fact]
    public async Task Server_AddressHoldsItsShareOfConnections_OthersStillGetIn()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.MaxConnections, options.MaxAddressConnections) = (32, 2));
        using var first = await axon.ConnectAsync();
        List<RawConnection> held = [first];
        for (var i = 0; i < 16; i++)
        {
            await held[i].SendAsync(axon.AllocateText());
            Assert.Equal(200, (await held[i].ReceiveAsync()).Status);
            if (i < 15)
                held.Add(await axon.ConnectAsync());
        }

        Assert.True(await axon.TurnsAwayAsync());
        using var elsewhere = await axon.ConnectAsync("127.0.0.2");
        await elsewhere.SendAsync(axon.AllocateText());

        Assert.Equal(200, (await elsewhere.ReceiveAsync()).Status);
        await first.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await first.ReceiveAsync()).Status);
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Server_AddressClosesAConnection_MayOpenAnother()
    {
        await using var axon = await TestAxon.StartAsync(options => options.MaxAddressConnections = 1);
        for (var i = 0; i < 3; i++)
        {
            using var connection = await axon.ConnectAsync();
            await connection.SendAsync(axon.AllocateText());
            Assert.Equal(200, (await connection.ReceiveAsync()).Status);
            connection.FinishSending();
            Assert.True(await connection.IsClosedAsync());
            await Condition.UntilAsync(() => axon.Connections == 0);
        }
    }

    [Theory]
    [InlineData("bt_header_dendrite_hotkey")]
    [InlineData("bt_header_dendrite_nonce")]
    [InlineData("bt_header_axon_ip")]
    [InlineData("BT_HEADER_DENDRITE_UUID")]
    [InlineData("timeout")]
    [InlineData("computed_body_hash")]
    public async Task Invoke_EnvelopeHeaderTwice_Is400(string name)
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Add(name, request.Get(name) ?? "x")));

        Assert.Equal(400, answer.Status);
        Assert.Equal(RawResponse.MessageBody($"Header '{name}' appears more than once."), answer.Body, ignoreCase: true);
    }

    [Theory]
    [InlineData("bt_header_dendrite_nonce", " 1", 400)]
    [InlineData("bt_header_dendrite_nonce", "+1760000000000000000", 400)]
    [InlineData("bt_header_dendrite_nonce", "1_760_000_000_000_000_000", 400)]
    [InlineData("bt_header_dendrite_nonce", "9999999999999999999", 400)]
    [InlineData("bt_header_dendrite_nonce", "1.76e18", 400)]
    [InlineData("bt_header_dendrite_version", "9.0.0", 400)]
    [InlineData("bt_header_dendrite_version", "7001999", 401)]
    [InlineData("bt_header_dendrite_uuid", "a b", 400)]
    [InlineData("timeout", "inf", 400)]
    [InlineData("timeout", "1e999", 400)]
    [InlineData("timeout", "0", 400)]
    [InlineData("timeout", "+15", 400)]
    [InlineData("timeout", "15,0", 400)]
    [InlineData("timeout", "1.5e+1", 200)]
    public async Task Invoke_HeaderOfAnotherForm_HasItsStatus(string name, string value, int status)
    {
        await using var axon = await TestAxon.StartAsync();

        // A leading blank is trimmed by HTTP itself, so it is written in a way that survives.
        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Set(name, value.Replace(" 1", "1 1", StringComparison.Ordinal))));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Invoke_UuidOver64Characters_Is400()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Set("bt_header_dendrite_uuid", new string('u', 65))));

        Assert.Equal(400, answer.Status);
        Assert.Equal(RawResponse.MessageBody("Header 'bt_header_dendrite_uuid' must be 1 to 64 visible characters."), answer.Body);
    }

    [Fact]
    public async Task Invoke_BodyOverTheLimit_Is413BeforeItIsSent()
    {
        await using var axon = await TestAxon.StartAsync();
        var request = axon.AllocateText();
        var head = request[..request.IndexOf("Content-Length", StringComparison.Ordinal)];
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync($"{head}Content-Length: {BodyLimit + 1}\r\n\r\n");
        var answer = await connection.ReceiveAsync();

        Assert.Equal((413, RawResponse.MessageBody("The body is larger than 262144 bytes.")), (answer.Status, answer.Body));
        Assert.Equal("close", answer.Header("Connection"));
    }

    [Fact]
    public async Task Invoke_ChunkedBodyOverTheLimit_Is413()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync(Chunked(axon) + $"{BodyLimit + 1:x}\r\n{new string(' ', BodyLimit + 1)}\r\n0\r\n\r\n");
        var answer = await connection.ReceiveAsync();

        Assert.Equal((413, RawResponse.MessageBody("The body is larger than 262144 bytes.")), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Invoke_ChunkedBodyWithinTheLimit_IsServed()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(Chunked(axon) + "2\r\n{}\r\n0\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Invoke_BrokenChunk_Is400()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(Chunked(axon) + "zz\r\n{}\r\n0\r\n\r\n");

        Assert.Equal((400, EarlyEnd), (answer.Status, answer.Body));
    }

    /// <summary>A caller that says it will send no more, inside its body, is gone: the server answers nobody.</summary>
    [Fact]
    public async Task Invoke_BodyCutOff_IsClosedWithoutEffect()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync(axon.AllocateText()[..^1]);
        connection.FinishSending();

        Assert.True(await connection.IsClosedAsync());
        await AssertGoneAsync(axon);
        Assert.Empty(axon.Handled);
    }

    [Fact]
    public async Task Invoke_SlowBody_Is408AndClosed()
    {
        await using var axon = await TestAxon.StartAsync(options => options.BodyGrace = TimeSpan.FromSeconds(1.1));
        using var connection = await axon.ConnectAsync();

        await connection.SendAsync(axon.AllocateText()[..^1]);
        var answer = await connection.ReceiveAsync();

        Assert.Equal((408, RawResponse.MessageBody("The body arrived too slowly.")), (answer.Status, answer.Body));
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task Invoke_CallerGoneInsideTheBody_IsCountedOnceWithoutEffect()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();
        await connection.SendAsync(axon.AllocateText()[..^1]);
        await Condition.UntilAsync(() => axon.Pipeline.Nonces.Count == 1);

        connection.Reset();

        await AssertGoneAsync(axon);
        Assert.Empty(axon.Handled);
    }

    [Theory]
    [InlineData("", 400, "The body is empty; a JSON object is needed.")]
    [InlineData("[]", 400, "The body is not a JSON object.")]
    [InlineData("null", 400, "The body is not a JSON object.")]
    [InlineData("{", 422, "The body is not JSON: line 1, byte 2.")]
    [InlineData("{} x", 422, "The body is not JSON: line 1, byte 4.")]
    [InlineData("{\n\"timeline\": NaN}", 422, "The body is not JSON: line 2, byte 13.")]
    [InlineData("""{"timeline": "abc"}""", 422, "Field 'timeline': expected an integer of at most 32 bits.")]
    [InlineData("""{"timeline": 1.5}""", 422, "Field 'timeline': expected an integer of at most 32 bits.")]
    [InlineData("""{"timeline": 1e30}""", 422, "Field 'timeline': expected an integer of at most 32 bits.")]
    [InlineData("""{"timeline": null}""", 422, "Field 'timeline': expected an integer of at most 32 bits.")]
    [InlineData("""{"checking": 2}""", 422, "Field 'checking': expected true or false.")]
    [InlineData("""{"checking": "maybe"}""", 422, "Field 'checking': expected true or false.")]
    [InlineData("""{"public_key": 5}""", 422, "Field 'public_key': expected a string.")]
    [InlineData("""{"public_key": null}""", 422, "Field 'public_key' has the wrong type.")]
    [InlineData("""{"public_key": "\ud800"}""", 422, "Field 'public_key': expected a string of valid Unicode.")]
    [InlineData("""{"device_requirement": []}""", 422, "Field 'device_requirement' has the wrong type.")]
    [InlineData("""{"device_requirement": {"cpu": {"count": "many"}}}""", 422, "Field 'device_requirement.cpu.count': expected an integer of at most 64 bits.")]
    [InlineData("""{"device_requirement": {"gpu": {"capacity": 1e999}}}""", 422, "Field 'device_requirement.gpu.capacity': expected a finite number.")]
    [InlineData("""{"device_requirement": {"ram": {"capacity": "much"}}}""", 422, "Field 'device_requirement.ram.capacity': expected a finite number.")]
    [InlineData("""{"output": []}""", 422, "Field 'output' has the wrong type.")]
    [InlineData("""{"dendrite": 5}""", 422, "Field 'dendrite': expected an object.")]
    [InlineData("""{"dendrite": {"nonce": 1}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"dendrite": {"nonce": "\ud800"}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"dendrite": {"uuid": "\ud800aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"dendrite": {"hotkey": "\ud800aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"dendrite": {"\ud800aaa": 1, "uuid": "x"}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"\ud800aaaa": 1, "dendrite": {"uuid": "x"}}""", 400, "The body's dendrite is not the one of the headers.")]
    [InlineData("""{"timeline": "\ud800"}""", 422, "Field 'timeline': expected an integer of at most 32 bits.")]
    [InlineData("""{"dendrite": {"hotkey": 1}}""", 400, "The body's dendrite is not the one of the headers.")]
    public async Task Invoke_BodyThatIsNoAllocate_HasItsStatusAndMessage(string body, int status, string message)
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Body = body));

        Assert.Equal((status, RawResponse.MessageBody(message)), (answer.Status, answer.Body));
        Assert.Empty(axon.Handled);
    }

    /// <summary>Python decodes the whole body; a field nobody reads is no place to hide such bytes.</summary>
    [Fact]
    public async Task Invoke_BodyThatIsNotUtf8_Is422()
    {
        await using var axon = await TestAxon.StartAsync();
        // One character per byte on the wire: the mark's place takes a byte that no UTF-8 text has.
        var request = axon.AllocateText(request => request.Body = """{"no_such_field": "@"}""").Replace("\"@\"", "\"\u00ff\"", StringComparison.Ordinal);

        var answer = await axon.ExchangeAsync(request);

        Assert.Equal((422, RawResponse.MessageBody("The body is not UTF-8.")), (answer.Status, answer.Body));
        Assert.Empty(axon.Handled);
    }

    [Fact]
    public async Task Invoke_BodyNestedTooDeep_Is422()
    {
        await using var axon = await TestAxon.StartAsync();
        var deep = "{\"x\":" + new string('[', 100) + new string(']', 100) + "}";

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Body = deep));

        Assert.Equal(422, answer.Status);
    }

    [Fact]
    public async Task Invoke_UnknownRouteWithOddCharacters_EchoesThemHarmless()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Path = "/%0d%0aX%22%C3%A9" + new string('y', 100)));

        Assert.Equal(404, answer.Status);
        Assert.Contains("Available synapses ['Synapse', 'Allocate', 'Challenge']", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("y" + new string('y', 64), answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OtherMethod_NamesTheAllowedOne()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Method = "DELETE"));

        Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
    }

    /// <summary>The server reports an early end or a disconnect, whichever it sees first; both end the request.</summary>
    static async Task AssertGoneAsync(TestAxon axon)
    {
        await Condition.UntilAsync(() => axon.Pipeline.Statistics.Snapshot().Count == 1);
        var counted = Assert.Single(axon.Pipeline.Statistics.Snapshot());
        Assert.Contains(counted.Outcome, new[] { AxonOutcome.Abandoned, AxonOutcome.Malformed });
    }

    static string Chunked(TestAxon axon)
    {
        var request = axon.AllocateText();
        return request[..request.IndexOf("Content-Length", StringComparison.Ordinal)] + "Transfer-Encoding: chunked\r\n\r\n";
    }
}
