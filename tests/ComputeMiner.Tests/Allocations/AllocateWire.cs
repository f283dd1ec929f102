using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Allocations;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations;

/// <summary>A real axon in front of an allocator, on a simulated engine unless a test has its own; requests are signed as a validator signs, then spoilt.</summary>
sealed class AllocateWire : IAsyncDisposable
{
    static readonly Keypair MinerKey = Keypair.FromUri("//Miner");

    readonly AxonServer _axon;
    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    readonly SimulatedMachine? _machine;

    AllocateWire(Allocator allocator, SimulatedMachine? machine)
    {
        _machine = machine;
        var endpoint = new AllocateEndpoint(allocator, () => true, 4444, 190, NullLogger<AllocateEndpoint>.Instance);
        var options = new AxonOptions { Address = IPAddress.Loopback, Port = 0 };
        _axon = new AxonServer(options, MinerKey.Hotkey, new EverybodyMayCall(), [endpoint], TimeProvider.System, NullLoggerFactory.Instance);
    }

    public SimulatedMachine Machine => _machine ?? throw new InvalidOperationException("The allocator is on a machine of the test's.");

    public static async Task<AllocateWire> StartAsync()
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        return await StartAsync(new AllocateWire(machine.Allocator, machine));
    }

    public static Task<AllocateWire> StartAsync(Allocator allocator) => StartAsync(new AllocateWire(allocator, null));

    static async Task<AllocateWire> StartAsync(AllocateWire wire)
    {
        await wire._axon.StartAsync(TestContext.Current.CancellationToken);
        return wire;
    }

    public Task<WireAnswer> SendAsync(string caller, AllocateSynapse synapse) => SendAsync(Build(caller, synapse), null, null);

    /// <summary>Sends the request with the bytes in the place of one field's value.</summary>
    public Task<WireAnswer> SendAsync(string caller, AllocateSynapse synapse, string path, byte[] token) => SendAsync(Build(caller, synapse), path, token);

    /// <summary>Sends the request with its body changed; the signature does not cover it.</summary>
    public Task<WireAnswer> SendAsync(string caller, AllocateSynapse synapse, Action<JsonObject> change)
    {
        var request = Build(caller, synapse);
        var body = JsonNode.Parse(request.Body)!.AsObject();
        change(body);
        return SendAsync(request, Encoding.UTF8.GetBytes(body.ToJsonString()), isLarge: false);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _axon.StopAsync(now.Token);
        await _axon.DisposeAsync();
        if (_machine is not null)
            await _machine.DisposeAsync();
    }

    DendriteRequest Build(string caller, AllocateSynapse synapse)
    {
        using var key = Keypair.FromUri(caller);
        using var dendrite = new DendriteClient(key, new DendriteOptions());
        return dendrite.Build(new AxonTarget(_axon.EndPoint, MinerKey.Hotkey), synapse, TimeSpan.FromSeconds(60));
    }

    Task<WireAnswer> SendAsync(DendriteRequest request, string? path, byte[]? token) => SendAsync(
        request, path is null ? Encoding.UTF8.GetBytes(request.Body) : Spoil(request.Body, path, token!), token?.Length > 256 * 1024);

    async Task<WireAnswer> SendAsync(DendriteRequest request, byte[] body, bool isLarge)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://{_axon.EndPoint}{request.Path}")
        {
            Content = new ByteArrayContent(body),
        };
        // What is too large is refused before it is sent.
        message.Headers.ExpectContinue = isLarge;
        message.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return WireAnswer.Of((int)answer.StatusCode, document.RootElement);
    }

    // The value is not parsed on its way: a mark stands in for it until the body is text.
    static byte[] Spoil(string body, string path, byte[] token)
    {
        const string mark = "@here@";
        var root = JsonNode.Parse(body)!;
        var parts = path.Split('.');
        var parent = root;
        foreach (var part in parts[..^1])
            parent = parent[part] ?? (parent[part] = new JsonObject());
        parent[parts[^1]] = mark;
        var text = root.ToJsonString();
        var at = text.IndexOf($"\"{mark}\"", StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(text[..at]), .. token, .. Encoding.UTF8.GetBytes(text[(at + mark.Length + 2)..])];
    }

    sealed class EverybodyMayCall : IAxonAdmission
    {
        public AxonVerdict Admit(in AxonCaller caller) => AxonVerdict.Admitted;

        public double Priority(in AxonCaller caller) => 0;
    }
}

/// <summary>An answer: its code, and of a decided request its output.</summary>
sealed record WireAnswer(int Code, bool? Status, bool HasInfo, int? Port, string? Message)
{
    public static readonly WireAnswer Refused = new(200, false, false, 4444, null);
    public static readonly WireAnswer Done = new(200, true, false, 4444, null);
    public static readonly WireAnswer Allocated = new(200, true, true, 4444, null);

    /// <summary>One of the codes of a request that cannot be read, with its message.</summary>
    public bool IsUnreadable => Code is 400 or 413 or 422 && Message is { Length: > 0 } && Status is null && !HasInfo;

    public static WireAnswer Of(int code, JsonElement body)
    {
        if (code != 200)
            return new WireAnswer(code, null, false, null, body.GetProperty("message").GetString());
        var output = body.GetProperty("output");
        return new WireAnswer(
            code,
            output.GetProperty("status").GetBoolean(),
            output.TryGetProperty("info", out _),
            output.GetProperty("port").GetInt32(),
            null);
    }
}
