using System.Security.Cryptography;
using System.Text;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>Requests that must be refused, ready for the wire. The forged ones are made anew from time to time, as a nonce gets old.</summary>
sealed class JunkRequests(AxonTarget target, Hotkey validator)
{
    const string Signature = "bt_header_dendrite_signature";

    readonly Keypair _other = Keypair.FromUri("//Eve//forger");

    public byte[] Make(JunkKind kind) => kind switch
    {
        JunkKind.Unsigned => SignedRequests.Encode(Claim(request => request.Remove(Signature))),
        JunkKind.Forged => SignedRequests.Encode(Claim(_ => { })),
        JunkKind.Oversized => Encoding.ASCII.GetBytes(
            $"POST /Allocate HTTP/1.1\r\nHost: {target.EndPoint}\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n{new string('x', 8192)}"),
        JunkKind.Slow => "POST /Allocate HTTP/1.1\r\nHost: slow\r\nX: "u8.ToArray(),
        _ => RandomNumberGenerator.GetBytes(512),
    };

    /// <summary>Everything is the validator's but the signature, which is a good one of another key.</summary>
    DendriteRequest Claim(Action<DendriteRequest> change)
    {
        using var dendrite = new DendriteClient(_other, new DendriteOptions());
        var request = dendrite.Build(target, new AllocateSynapse { Timeline = 1, Checking = true }, TimeSpan.FromSeconds(15));
        request.Set("bt_header_dendrite_hotkey", validator.ToString());
        change(request);
        return request;
    }
}
