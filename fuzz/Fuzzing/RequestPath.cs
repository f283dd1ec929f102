using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Crypto;
using Bittensor.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fuzzing;

/// <summary>
/// One request through every step of the axon, and what must hold of its answer: a known status, JSON that can be read, headers that can
/// be sent, and never an acceptance without a good signature, of another caller than the admitted one, or for a second time.
/// </summary>
sealed class RequestPath
{
    static readonly HashSet<int> Honest = [200, 400, 401, 403, 404, 405, 413, 422];

    readonly Keypair _miner = Keypair.FromUri("//Miner");
    readonly Keypair _caller = Keypair.FromUri("//Caller");

    public Hotkey Miner => _miner.Hotkey;

    public Keypair Caller => _caller;

    /// <returns>The status.</returns>
    /// <exception cref="InvalidOperationException">Something does not hold.</exception>
    public int Run(ReadOnlySpan<byte> input)
    {
        var request = RequestText.Parse(input);
        if (request.Sign)
            Sign(request);
        var axon = new AxonPipeline(
            new AxonOptions(), Miner, new OneCaller(_caller.Hotkey),
            [new EchoEndpoint<AllocateSynapse>(), new EchoEndpoint<ChallengeSynapse>(), new EchoEndpoint<SpecsSynapse>()],
            new FixedClock(), NullLogger<AxonPipeline>.Instance);
        var status = Answer(axon, request);
        if (status != 200)
            return status;
        Demand(IsProved(request), "accepted without a good signature");
        Demand(Answer(axon, request) == 401, "accepted twice");
        return status;
    }

    static int Answer(AxonPipeline axon, RequestText request)
    {
        var context = request.ToContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        axon.InvokeAsync(context).GetAwaiter().GetResult();
        var response = context.Response;
        Demand(Honest.Contains(response.StatusCode), $"answered {response.StatusCode}");
        Demand(
            response.Headers.All(header => header.Value.All(value => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~'))),
            "a header that cannot be sent");
        using var body = JsonDocument.Parse(((MemoryStream)response.Body).ToArray());
        Demand(body.RootElement.ValueKind == JsonValueKind.Object, "the answer is no JSON object");
        return response.StatusCode;
    }

    /// <summary>The signed text put together again from the headers, apart from how the axon does it.</summary>
    bool IsProved(RequestText request)
    {
        var (nonce, uuid, hash) = (request.Only("bt_header_dendrite_nonce"), request.Only("bt_header_dendrite_uuid"), request.Only("computed_body_hash"));
        var (address, signature) = (request.Only("bt_header_dendrite_hotkey"), request.Only("bt_header_dendrite_signature"));
        if (nonce is null || uuid is null || hash is null || signature is not { Length: 130 } || !Hotkey.TryParse(address, out var hotkey))
            return false;
        if (request.Path.TrimStart('/') != "Synapse" && hotkey != _caller.Hotkey)
            return false;
        var age = FixedClock.Nonce - long.Parse(nonce, CultureInfo.InvariantCulture);
        var text = $"{nonce}.{address}.{Miner}.{uuid}.{hash}";
        var bytes = Convert.FromHexString(signature.AsSpan(2));
        return age is > -10_000_000_001 and < 124_000_000_000
            && (Verifies(text) || Verifies($"<Bytes>{text}</Bytes>"));

        bool Verifies(string message) => Sr25519.Verify(hotkey.Account.Bytes, Encoding.ASCII.GetBytes(message), bytes);
    }

    /// <summary>Makes the request the admitted caller's, whatever its headers are, so that what lies behind the signature is reached.</summary>
    void Sign(RequestText request)
    {
        var nonce = FixedClock.Nonce.ToString(CultureInfo.InvariantCulture);
        request.Set("bt_header_dendrite_hotkey", _caller.Hotkey.ToString());
        request.Set("bt_header_dendrite_nonce", nonce);
        var text = $"{nonce}.{_caller.Hotkey}.{Miner}.{request.Only("bt_header_dendrite_uuid") ?? "None"}.{request.Only("computed_body_hash") ?? "None"}";
        request.Set("bt_header_dendrite_signature", "0x" + Convert.ToHexStringLower(_caller.Sign(Encoding.UTF8.GetBytes(text))));
    }

    static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException("The axon " + what + ".");
    }
}
