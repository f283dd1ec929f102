using System.Buffers.Binary;
using Bittensor.Keys;
using Bittensor.Scale;

namespace DevNet.State;

/// <summary>Nonces and balances in <c>System.Account</c>.</summary>
/// <remarks>Layout: nonce, consumers, providers, sufficients (u32 each), free, reserved, frozen (u64 each), flags (u128).</remarks>
sealed class Accounts(ChainState state)
{
    const int FreeOffset = 16;

    /// <summary>Bit 127: balances with the newer logic, which every account has.</summary>
    static readonly byte[] NewLogicFlag = LittleEndian.U128(UInt128.One << 127);

    public uint Nonce(AccountId account) => BinaryPrimitives.ReadUInt32LittleEndian(Read(account));

    /// <summary>Free balance in RAO.</summary>
    public ulong Free(AccountId account) => BinaryPrimitives.ReadUInt64LittleEndian(Read(account).AsSpan(FreeOffset));

    /// <summary>True once somebody paid for the account's existence.</summary>
    public bool Exists(AccountId account) => BinaryPrimitives.ReadUInt32LittleEndian(Read(account).AsSpan(8)) != 0;

    public void IncrementNonce(AccountId account) => Write(account, Nonce(account) + 1, Free(account));

    /// <summary>Sets the free balance and keeps the issuance right.</summary>
    public void SetFree(AccountId account, ulong rao)
    {
        var issuance = BinaryPrimitives.ReadUInt64LittleEndian(state.Get("Balances.TotalIssuance"));
        state.Set("Balances.TotalIssuance", LittleEndian.U64(issuance - Free(account) + rao));
        Write(account, Nonce(account), rao);
    }

    byte[] Read(AccountId account) => state.Get("System.Account", account.Bytes.ToArray());

    void Write(AccountId account, uint nonce, ulong free)
    {
        var value = new ScaleWriter()
            .WriteUInt32(nonce).WriteUInt32(0).WriteUInt32(free > 0 ? 1u : 0).WriteUInt32(0)
            .WriteUInt64(free).WriteUInt64(0).WriteUInt64(0).WriteBytes(NewLogicFlag);
        state.Set("System.Account", [account.Bytes.ToArray()], value.ToArray());
    }
}
