using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.Blocks;
using DevNet.Pallets;
using DevNet.Runtime;
using DevNet.State;
using DevNet.Transactions;

namespace DevNet.Rpc;

/// <summary>Answers runtime API calls (<c>state_call</c>) on the state of one block.</summary>
sealed class RuntimeApiHandler(ChainState state, Block block, Chain chain)
{
    /// <summary>Runs a method and returns its encoded result.</summary>
    /// <exception cref="RpcException">This runtime has no such method, or the parameters do not decode.</exception>
    public byte[] Run(string method, byte[] parameters)
    {
        var known = state.Runtime.Apis.Any(api => api.Methods.Any(each => $"{api.Name}_{each.Name}" == method));
        if (!known)
            throw RpcException.Client($"Execution failed: Other: Exported method {method} is not found");
        try
        {
            var reader = new ScaleReader(parameters);
            var result = Run(method, ref reader);
            return state.Runtime.Rules.WrapsReplies ? ClassicReply.Wrap(method, result) : result;
        }
        catch (ScaleException broken)
        {
            throw RpcException.Client($"Execution failed: Bad input data provided to {method}: {broken.Message}");
        }
    }

    byte[] Run(string method, ref ScaleReader reader) => method switch
    {
        "Core_version" => RuntimeVersionCodec.Encode(state.Runtime.SpecVersion, state.Runtime.Apis),
        "Metadata_metadata" => new ScaleWriter().WriteByteVector(state.Runtime.Metadata(14)).ToArray(),
        "Metadata_metadata_versions" => Versions(),
        "Metadata_metadata_at_version" => MetadataAt(reader.ReadUInt32()),
        "AccountNonceApi_account_nonce" => LittleEndian.U32(new Accounts(state).Nonce(new AccountId(reader.ReadBytes(AccountId.Length)))),
        "TaggedTransactionQueue_validate_transaction" => Validate(ref reader),
        "TransactionPaymentApi_query_info" => QueryInfo(ref reader),
        "TransactionPaymentCallApi_query_call_info" => QueryCallInfo(ref reader),
        "NeuronInfoRuntimeApi_get_neurons" => NeuronInfoWriter.All(new Subnet(state, reader.ReadUInt16()), lite: false),
        "NeuronInfoRuntimeApi_get_neurons_lite" => NeuronInfoWriter.All(new Subnet(state, reader.ReadUInt16()), lite: true),
        "NeuronInfoRuntimeApi_get_neuron" => NeuronInfoWriter.One(new Subnet(state, reader.ReadUInt16()), reader.ReadUInt16(), lite: false),
        "NeuronInfoRuntimeApi_get_neuron_lite" => NeuronInfoWriter.One(new Subnet(state, reader.ReadUInt16()), reader.ReadUInt16(), lite: true),
        "SubnetInfoRuntimeApi_get_subnet_hyperparams" => Fields(reader.ReadUInt16(), HyperparameterFields.All),
        "SubnetInfoRuntimeApi_get_metagraph" => Fields(reader.ReadUInt16(), state.Runtime.MetagraphFields),
        "SubnetInfoRuntimeApi_get_subnet_state" => Fields(reader.ReadUInt16(), SubnetStateFields.All),
        "SubnetInfoRuntimeApi_get_mechagraph" => Mechanism(ref reader) is { } netuid ? Fields(netuid, state.Runtime.MetagraphFields) : [0],
        "SubnetInfoRuntimeApi_get_selective_metagraph" => Selective(reader.ReadUInt16(), ref reader, netuidAlways: false),
        "SubnetInfoRuntimeApi_get_selective_mechagraph" =>
            Mechanism(ref reader) is { } netuid ? Selective(netuid, ref reader, netuidAlways: true) : [0],
        _ => throw new InvalidOperationException($"{method} is declared and not written."),
    };

    byte[] Versions()
    {
        var versions = state.Runtime.Rules.MetadataVersions;
        var writer = new ScaleWriter().WriteCompact((uint)versions.Count);
        foreach (var version in versions)
            writer.WriteUInt32(version);
        return writer.ToArray();
    }

    byte[] MetadataAt(uint version) =>
        state.Runtime.Rules.MetadataVersions.Contains(version) ? new ScaleWriter().WriteByte(1).WriteByteVector(state.Runtime.Metadata(version)).ToArray() : [0];

    byte[] Validate(ref ScaleReader reader)
    {
        reader.ReadByte();
        var transaction = SignedExtrinsic.Decode(ReadExtrinsic(ref reader), state.Runtime);
        var pending = BlockBuilder.Begin(block);
        var writer = new ScaleWriter();
        if (TransactionValidator.Check(transaction, pending, chain.GenesisBlock.Hash) is { } fault)
        {
            fault.WriteTo(writer.WriteByte(1));
            return writer.ToArray();
        }
        writer.WriteByte(0).WriteUInt64(state.Runtime.Rules.Priority);
        if (transaction.Nonce > new Accounts(pending).Nonce(transaction.Signer))
            writer.WriteCompact(1).WriteByteVector(TransactionValidator.Tag(transaction, transaction.Nonce - 1));
        else
            writer.WriteCompact(0);
        writer.WriteCompact(1).WriteByteVector(TransactionValidator.Tag(transaction, transaction.Nonce));
        return writer.WriteUInt64(TransactionValidator.Longevity(transaction, pending)).WriteBool(true).ToArray();
    }

    byte[] QueryInfo(ref ScaleReader reader) =>
        DispatchInfo.Encode(TransactionValidator.Fee(SignedExtrinsic.Decode(ReadExtrinsic(ref reader), state.Runtime)));

    byte[] QueryCallInfo(ref ScaleReader reader)
    {
        var call = CallDecoder.Decode(ref reader, state.Runtime);
        var length = reader.ReadUInt32();
        return DispatchInfo.Encode(call.PaysFee ? TransactionPaymentPallet.Fee((int)Math.Min(length, int.MaxValue)) : 0);
    }

    /// <summary>An extrinsic among other parameters, with the length prefix that it begins with.</summary>
    static byte[] ReadExtrinsic(ref ScaleReader reader) => new ScaleWriter().WriteByteVector(reader.ReadByteVector()).ToArray();

    /// <summary>Reads netuid and mechanism; null for a mechanism other than the only one, 0.</summary>
    static ushort? Mechanism(ref ScaleReader reader)
    {
        var netuid = reader.ReadUInt16();
        return reader.ReadByte() == 0 ? netuid : null;
    }

    byte[] Fields(ushort netuid, IReadOnlyList<SubnetField> fields)
    {
        var subnet = new Subnet(state, netuid);
        if (!subnet.Exists)
            return [0];
        var writer = new ScaleWriter().WriteByte(1);
        foreach (var field in fields)
            field.Write(writer, subnet);
        return writer.ToArray();
    }

    /// <summary>Every field but netuid is an Option, filled when it was asked for. The metagraph's netuid stays 0 unless asked for.</summary>
    byte[] Selective(ushort netuid, ref ScaleReader reader, bool netuidAlways)
    {
        var asked = new HashSet<ushort>();
        for (var count = reader.ReadLength(2); count > 0; count--)
            asked.Add(reader.ReadUInt16());
        var subnet = new Subnet(state, netuid);
        if (!subnet.Exists)
            return [0];
        var writer = new ScaleWriter().WriteByte(1).WriteCompact(netuidAlways || asked.Contains(0) ? netuid : 0u);
        for (ushort index = 1; index < state.Runtime.SelectiveFields.Count; index++)
        {
            writer.WriteBool(asked.Contains(index));
            if (asked.Contains(index))
                state.Runtime.SelectiveFields[index].Write(writer, subnet);
        }
        return writer.ToArray();
    }
}
