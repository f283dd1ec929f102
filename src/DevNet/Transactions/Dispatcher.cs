using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.Pallets;
using DevNet.State;

namespace DevNet.Transactions;

/// <summary>Executes calls on the state of the block being built. A call that fails leaves nothing but its fee and its event.</summary>
sealed class Dispatcher(ChainState state, EventLog events)
{
    const int MaximumCertificateLength = 65;

    readonly Accounts _accounts = new(state);

    /// <summary>Applies a transaction that was found valid.</summary>
    public void Apply(SignedExtrinsic transaction)
    {
        var (fee, signer) = (TransactionValidator.Fee(transaction) + transaction.Tip, transaction.Signer);
        _accounts.IncrementNonce(signer);
        if (fee > 0)
        {
            _accounts.SetFree(signer, _accounts.Free(signer) - fee);
            events.Add("Balances.Withdraw", fields => fields.WriteBytes(signer.Bytes).WriteUInt64(fee));
        }
        var (entries, count) = (state.Entries, events.Count);
        var fault = Dispatch(signer, transaction.Call);
        if (fault is not null)
        {
            state.Entries = entries;
            events.Truncate(count);
        }
        events.Add("TransactionPayment.TransactionFeePaid", fields => fields.WriteBytes(signer.Bytes).WriteUInt64(fee).WriteUInt64(transaction.Tip));
        Conclude(fault, transaction.Call.PaysFee, dispatchClass: 0);
    }

    /// <summary>Applies the unsigned extrinsic that sets the time.</summary>
    public void ApplyTimestamp(ulong milliseconds)
    {
        state.Set("Timestamp.Now", LittleEndian.U64(milliseconds));
        Conclude(null, paysFee: true, dispatchClass: 2);
    }

    DispatchFault? Dispatch(AccountId signer, RuntimeCall call) => call switch
    {
        ServeAxon serve => ServeAxon(signer, serve),
        ServePrometheus serve => ServePrometheus(signer, serve),
        RegisterCall register => FromPallet(Registration.Register(state, events, signer, register.Netuid, register.Hotkey)),
        TransferCall transfer => Transfer(signer, transfer),
        RemarkCall remark => Remark(signer, remark),
        _ => throw new InvalidOperationException($"{call.GetType().Name} is not a call that a signed transaction can hold."),
    };

    DispatchFault? ServeAxon(AccountId signer, ServeAxon call)
    {
        if (ServingRules.CheckAxon(state, signer, call) is { } error)
            return FromPallet(error);
        var (netuid, hotkey) = (LittleEndian.U16(call.Netuid), signer.Bytes.ToArray());
        if (call.Certificate is [var algorithm, .. var publicKey] && call.Certificate.Length <= MaximumCertificateLength)
        {
            var certificate = new ScaleWriter().WriteByteVector(publicKey).WriteByte(algorithm);
            state.Set("SubtensorModule.NeuronCertificates", [netuid, hotkey], certificate.ToArray());
        }
        var info = new ScaleWriter()
            .WriteUInt64(state.BlockNumber).WriteUInt32(call.Version).WriteUInt128(call.Ip).WriteUInt16(call.Port).WriteByte(call.IpType)
            .WriteBytes(call.Tail);
        state.Set("SubtensorModule.Axons", [netuid, hotkey], info.ToArray());
        events.Add("SubtensorModule.AxonServed", fields => fields.WriteUInt16(call.Netuid).WriteBytes(hotkey));
        return null;
    }

    DispatchFault? ServePrometheus(AccountId signer, ServePrometheus call)
    {
        if (ServingRules.CheckPrometheus(state, signer, call) is { } error)
            return FromPallet(error);
        var (netuid, hotkey) = (LittleEndian.U16(call.Netuid), signer.Bytes.ToArray());
        var info = new ScaleWriter()
            .WriteUInt64(state.BlockNumber).WriteUInt32(call.Version).WriteUInt128(call.Ip).WriteUInt16(call.Port).WriteByte(call.IpType);
        state.Set("SubtensorModule.Prometheus", [netuid, hotkey], info.ToArray());
        events.Add("SubtensorModule.PrometheusServed", fields => fields.WriteUInt16(call.Netuid).WriteBytes(hotkey));
        return null;
    }

    DispatchFault? Transfer(AccountId signer, TransferCall call)
    {
        var free = _accounts.Free(signer);
        if (free < call.Rao)
            return DispatchFault.FundsUnavailable;
        var left = free - call.Rao;
        if (call.KeepAlive && left < BalancesPallet.ExistentialDeposit)
            return DispatchFault.NotExpendable;
        if (call.Destination != signer && _accounts.Free(call.Destination) > ulong.MaxValue - call.Rao)
            return DispatchFault.Overflow;
        if (call.Destination != signer && _accounts.Free(call.Destination) + call.Rao < BalancesPallet.ExistentialDeposit)
            return DispatchFault.BelowMinimum;
        _accounts.SetFree(signer, left < BalancesPallet.ExistentialDeposit ? 0 : left);
        _accounts.SetFree(call.Destination, _accounts.Free(call.Destination) + call.Rao);
        events.Add("Balances.Transfer", fields => fields.WriteBytes(signer.Bytes).WriteBytes(call.Destination.Bytes).WriteUInt64(call.Rao));
        return null;
    }

    DispatchFault? Remark(AccountId signer, RemarkCall call)
    {
        if (call.WithEvent)
            events.Add("System.Remarked", fields => fields.WriteBytes(signer.Bytes).WriteBytes(Blake2b.Hash256(call.Remark)));
        return null;
    }

    void Conclude(DispatchFault? fault, bool paysFee, byte dispatchClass)
    {
        if (fault is { } failed)
            events.Add("System.ExtrinsicFailed", fields => WriteInfo(fields.WriteBytes(failed.Encoded)));
        else
            events.Add("System.ExtrinsicSuccess", WriteInfo);

        void WriteInfo(ScaleWriter writer) =>
            DispatchInfo.WriteWeight(writer).WriteByte(dispatchClass).WriteByte(paysFee ? (byte)0 : (byte)1);
    }

    DispatchFault? FromPallet(string? error) => error is null ? null : DispatchFault.Module(state.Runtime, "SubtensorModule." + error);
}
