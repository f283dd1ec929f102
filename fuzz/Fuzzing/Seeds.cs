using System.Net;
using System.Text;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Synapses;

namespace Fuzzing;

/// <summary>Requests as a dendrite makes them, of every kind: where both ways of fuzzing begin.</summary>
static class Seeds
{
    /// <summary>Each as it was signed, and for the harness to sign again: its body then repeats neither nonce nor signature.</summary>
    public static IEnumerable<(string Name, RequestText Request)> Make(RequestPath path)
    {
        foreach (var (name, request) in Signed(path))
        {
            yield return (name, request);
            var body = Encoding.UTF8.GetString(request.Body)
                .Replace($"\"{request.Only("bt_header_dendrite_signature")}\"", "null", StringComparison.Ordinal)
                .Replace($"\"nonce\": {request.Only("bt_header_dendrite_nonce")}", "\"nonce\": null", StringComparison.Ordinal);
            yield return (name + "-to-sign", request with { Sign = true, Body = Encoding.UTF8.GetBytes(body) });
        }
    }

    static IEnumerable<(string Name, RequestText Request)> Signed(RequestPath path)
    {
        using var dendrite = new DendriteClient(path.Caller, new DendriteOptions { Uuid = "9578cefe-e686-11f1-948f-02fc00000001" }, new FixedClock());
        var target = new AxonTarget(new IPEndPoint(IPAddress.Parse("203.0.113.5"), 8091), path.Miner);
        yield return ("check", Of(new AllocateSynapse { Timeline = 1, Checking = true }));
        yield return ("allocate", Of(new AllocateSynapse
        {
            Timeline = 90, Checking = false, PublicKey = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
        }));
        yield return ("deallocate", Of(new AllocateSynapse { Timeline = 0, Checking = false, PublicKey = "key" }));
        yield return ("pause", Of(new AllocateSynapse { Checking = false, DockerChange = true }));
        yield return ("challenge", Of(new ChallengeSynapse { ChallengeHash = "$BLAKE2$00", ChallengeSalt = "00", ChallengeMode = "610" }));
        yield return ("specs", Of(new SpecsSynapse { SpecsInput = "input" }));
        yield return ("ping", Of(new PingSynapse()));
        yield return ("empty-object", Of(new AllocateSynapse()) with { Body = "{}"u8.ToArray() });
        yield return ("odd-types", Of(new AllocateSynapse()) with
        {
            Body = """{"timeline": "7", "checking": "no", "device_requirement": {"ram": {"capacity": 1073741824.0}, "gpu": {}}, "docker_change": 0}"""u8.ToArray(),
        });
        yield return ("not-json", Of(new AllocateSynapse()) with { Body = "[1, {\"a\": \"\\ud800\"}"u8.ToArray() });

        RequestText Of<TSynapse>(TSynapse synapse)
            where TSynapse : class, ISynapse<TSynapse>
        {
            var built = dendrite.Build(target, synapse, TimeSpan.FromSeconds(15));
            return new RequestText(
                false, "POST", "/" + TSynapse.Route,
                [.. built.Headers.Where(header => header.Key != "header_size"), KeyValuePair.Create("Content-Type", built.ContentType ?? "")],
                Encoding.UTF8.GetBytes(built.Body));
        }
    }
}
