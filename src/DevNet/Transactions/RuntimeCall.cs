using Bittensor.Keys;

namespace DevNet.Transactions;

/// <summary>A decoded call this chain can execute.</summary>
abstract record RuntimeCall
{
    /// <summary>False for calls the chain takes for free.</summary>
    public virtual bool PaysFee => true;
}

sealed record TimestampCall(ulong Now) : RuntimeCall
{
    public override bool PaysFee => false;
}

sealed record RemarkCall(byte[] Remark, bool WithEvent) : RuntimeCall;

sealed record TransferCall(AccountId Destination, ulong Rao, bool KeepAlive) : RuntimeCall;

/// <summary>serve_axon and serve_axon_tls; <c>Tail</c> is protocol and both placeholders.</summary>
sealed record ServeAxon(ushort Netuid, uint Version, UInt128 Ip, ushort Port, byte IpType, byte[] Tail, byte[]? Certificate) : RuntimeCall
{
    public override bool PaysFee => false;
}

sealed record ServePrometheus(ushort Netuid, uint Version, UInt128 Ip, ushort Port, byte IpType) : RuntimeCall
{
    public override bool PaysFee => false;
}

/// <summary>burned_register, and register, which is paid the same way and whose work is not looked at.</summary>
sealed record RegisterCall(ushort Netuid, AccountId Hotkey, bool IsFree) : RuntimeCall
{
    public override bool PaysFee => !IsFree;
}
