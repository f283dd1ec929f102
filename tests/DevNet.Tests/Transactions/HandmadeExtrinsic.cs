using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;

namespace DevNet.Tests.Transactions;

/// <summary>A signed extrinsic put together byte by byte, so that every single part can be wrong.</summary>
sealed record HandmadeExtrinsic(Keypair Signer, byte[] Call, byte[] Genesis)
{
    public uint Nonce { get; init; }

    public uint SpecVersion { get; init; } = 393;

    public uint TransactionVersion { get; init; } = 1;

    public byte[] Era { get; init; } = [0];

    public byte[]? EraHash { get; init; }

    public byte MetadataHashMode { get; init; }

    public ulong Tip { get; init; }

    public byte[] Sign()
    {
        var extra = new ScaleWriter().WriteBytes(Era).WriteCompact(Nonce).WriteCompact(Tip).WriteByte(MetadataHashMode);
        var payload = new ScaleWriter().WriteBytes(Call).WriteBytes(extra.WrittenSpan)
            .WriteUInt32(SpecVersion).WriteUInt32(TransactionVersion).WriteBytes(Genesis).WriteBytes(EraHash ?? Genesis).WriteByte(0);
        var signature = Signer.Sign(payload.Length > 256 ? Blake2b.Hash256(payload.WrittenSpan) : payload.WrittenSpan);
        var inner = new ScaleWriter().WriteByte(0x84).WriteByte(0).WriteBytes(Signer.Account.Bytes).WriteByte(1).WriteBytes(signature)
            .WriteBytes(extra.WrittenSpan).WriteBytes(Call);
        return new ScaleWriter().WriteByteVector(inner.WrittenSpan).ToArray();
    }

    public string ToHex() => "0x" + Convert.ToHexStringLower(Sign());

    /// <summary>System.remark: a call that pays and always succeeds.</summary>
    public static byte[] Remark(string text) => new ScaleWriter().WriteByte(0).WriteByte(0).WriteString(text).ToArray();
}
