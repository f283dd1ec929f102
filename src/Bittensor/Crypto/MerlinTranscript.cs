using System.Buffers.Binary;

namespace Bittensor.Crypto;

/// <summary>A Merlin v1.0 transcript. A value type: a copy is a clone, as the signing step needs one.</summary>
/// <remarks>Source: dalek-cryptography/merlin, transcript.rs.</remarks>
struct MerlinTranscript
{
    StrobeState _strobe;

    public static MerlinTranscript New(ReadOnlySpan<byte> label)
    {
        var transcript = new MerlinTranscript { _strobe = StrobeState.New("Merlin v1.0"u8) };
        transcript.Append("dom-sep"u8, label);
        return transcript;
    }

    public void Append(ReadOnlySpan<byte> label, ReadOnlySpan<byte> message)
    {
        MetaLength(label, message.Length);
        _strobe.Ad(message);
    }

    public void Challenge(ReadOnlySpan<byte> label, Span<byte> output)
    {
        MetaLength(label, output.Length);
        _strobe.Prf(output);
    }

    /// <summary>
    /// Derives secret bytes from a clone of the transcript, the witness and fresh randomness, so that neither a weak random source
    /// nor a repeated message alone repeats them (Merlin's TranscriptRng).
    /// </summary>
    public readonly void WitnessBytes(ReadOnlySpan<byte> label, ReadOnlySpan<byte> witness, ReadOnlySpan<byte> random, Span<byte> output)
    {
        var rng = this;
        rng.MetaLength(label, witness.Length);
        rng._strobe.Key(witness);
        rng._strobe.MetaAd("rng"u8, more: false);
        rng._strobe.Key(random);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, output.Length);
        rng._strobe.MetaAd(length, more: false);
        rng._strobe.Prf(output);
    }

    void MetaLength(ReadOnlySpan<byte> label, int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        _strobe.MetaAd(label, more: false);
        _strobe.MetaAd(bytes, more: true);
    }
}
