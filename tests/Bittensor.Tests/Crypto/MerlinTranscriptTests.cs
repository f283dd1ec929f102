using System.Text;
using Bittensor.Crypto;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Crypto;

public class MerlinTranscriptTests
{
    [Fact]
    public void Challenge_SimpleTranscript_IsTheKnownAnswer()
    {
        var transcript = MerlinTranscript.New("test protocol"u8);
        transcript.Append("some label"u8, "some data"u8);

        Assert.Equal(VectorFile.Sr25519["merlin"][0].Text("expect"), Challenge(ref transcript, "challenge"));
    }

    [Fact]
    public void Challenge_ThirtyTwoRoundsOfLongData_IsTheKnownAnswer()
    {
        var transcript = MerlinTranscript.New("test protocol"u8);
        transcript.Append("step1"u8, "some data"u8);
        var data = new byte[1024];
        Array.Fill(data, (byte)0x63);
        var challenge = "";
        for (var i = 0; i < 32; i++)
        {
            challenge = Challenge(ref transcript, "challenge");
            transcript.Append("bigdata"u8, data);
            transcript.Append("challengedata"u8, Convert.FromHexString(challenge));
        }

        Assert.Equal(VectorFile.Sr25519["merlin"][1].Text("expect"), challenge);
    }

    [Fact]
    public void SigningSteps_EachProbed_MatchTheRecordedStates()
    {
        var hello = VectorFile.Sr25519["valid"].EnumerateArray().Single(v => v.Text("name") == "ascii_hello");
        var steps = VectorFile.Sr25519["transcript_probes"].GetProperty("steps");
        var transcript = MerlinTranscript.New("SigningContext"u8);
        AssertProbe(0, transcript);
        transcript.Append([], "substrate"u8);
        AssertProbe(1, transcript);
        transcript.Append("sign-bytes"u8, "hello"u8);
        AssertProbe(2, transcript);
        transcript.Append("proto-name"u8, "Schnorr-sig"u8);
        AssertProbe(3, transcript);
        transcript.Append("sign:pk"u8, hello.Hex("public"));
        AssertProbe(4, transcript);
        transcript.Append("sign:R"u8, hello.Hex("signature").AsSpan(0, 32));
        AssertProbe(5, transcript);
        Assert.Equal(steps[6].Text("probe"), Challenge(ref transcript, "sign:c", 64));

        void AssertProbe(int step, MerlinTranscript clone) => Assert.Equal(steps[step].Text("probe"), Challenge(ref clone, "probe"));
    }

    [Fact]
    public void WitnessBytes_ZeroRandomness_IsTheRecordedNonce()
    {
        var pair = VectorFile.Sr25519["mini_secret_to_public"].EnumerateArray()
            .Single(v => v.Text("mini_secret").StartsWith("1111", StringComparison.Ordinal));
        var transcript = Sr25519.SigningTranscript("hello"u8, pair.Hex("public"));
        var nonce = new byte[64];

        transcript.WitnessBytes("signing"u8, pair.Hex("nonce_seed"), new byte[32], nonce);

        Assert.Equal(VectorFile.Sr25519["witness_fixed_rng"].Text("expect64"), Convert.ToHexStringLower(nonce));
    }

    [Fact]
    public void WitnessBytes_Always_LeavesTheTranscriptAsItWas()
    {
        var used = MerlinTranscript.New("test protocol"u8);
        var untouched = used;

        used.WitnessBytes("signing"u8, new byte[32], new byte[32], new byte[64]);

        Assert.Equal(Challenge(ref untouched, "probe"), Challenge(ref used, "probe"));
    }

    static string Challenge(ref MerlinTranscript transcript, string label, int length = 32)
    {
        var output = new byte[length];
        transcript.Challenge(Encoding.UTF8.GetBytes(label), output);
        return Convert.ToHexStringLower(output);
    }
}
