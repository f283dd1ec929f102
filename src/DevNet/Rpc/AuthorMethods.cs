using System.Globalization;
using System.Text.Json;
using Bittensor.Keys;
using DevNet.Blocks;
using DevNet.Transactions;

namespace DevNet.Rpc;

/// <summary>The <c>author_</c> and <c>payment_</c> methods, and the next nonce.</summary>
static class AuthorMethods
{
    public static void AddTo(Dictionary<string, Action<RpcCall>> methods, Chain chain, WireFaults faults)
    {
        methods["author_submitExtrinsic"] = call => Submit(call, chain, faults);
        methods["author_submitAndWatchExtrinsic"] = call => SubmitAndWatch(call, chain, faults);
        methods["author_unwatchExtrinsic"] = Subscriptions.Close;
        methods["author_pendingExtrinsics"] = call => WritePending(call.Result, chain);
        methods["payment_queryInfo"] = call => WriteInfo(call, chain);
        methods["system_accountNextIndex"] = methods["account_nextIndex"] = call => WriteNextIndex(call, chain);
    }

    static void Submit(RpcCall call, Chain chain, WireFaults faults) =>
        call.Result.WriteStringValue(HexText.Of(Take(call, chain, faults).Transaction.Hash));

    /// <summary>The pool refuses before there is a subscription; afterwards every status is a notification.</summary>
    static void SubmitAndWatch(RpcCall call, Chain chain, WireFaults faults)
    {
        var entry = Take(call, chain, faults);
        Subscriptions.Open(call, "author_extrinsicUpdate", notify =>
        {
            void Send(TransactionStatus status) => notify(writer => WriteStatus(writer, status));
            Send(entry.Status);
            entry.Watchers.Add(Send);
            return () => entry.Watchers.Remove(Send);
        });
    }

    static PoolEntry Take(RpcCall call, Chain chain, WireFaults faults)
    {
        faults.RefuseIfAsked();
        return chain.Pool.Submit(call.Bytes(0), chain.Pending());
    }

    static void WriteStatus(Utf8JsonWriter writer, TransactionStatus status)
    {
        if (status.Hash is not { } hash)
        {
            writer.WriteStringValue(status.Name);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString(status.Name, HexText.Of(hash));
        writer.WriteEndObject();
    }

    static void WritePending(Utf8JsonWriter writer, Chain chain)
    {
        writer.WriteStartArray();
        foreach (var entry in chain.Pool.Entries)
            writer.WriteStringValue(HexText.Of(entry.Transaction.Bytes));
        writer.WriteEndArray();
    }

    static void WriteInfo(RpcCall call, Chain chain)
    {
        var fee = TransactionValidator.Fee(TransactionPool.Decode(call.Bytes(0), chain.Pending()));
        call.Result.WriteStartObject();
        call.Result.WriteStartObject("weight"u8);
        call.Result.WriteNumber("ref_time"u8, DispatchInfo.RefTime);
        call.Result.WriteNumber("proof_size"u8, DispatchInfo.ProofSize);
        call.Result.WriteEndObject();
        call.Result.WriteString("class"u8, "normal"u8);
        call.Result.WriteString("partialFee"u8, fee.ToString(CultureInfo.InvariantCulture));
        call.Result.WriteEndObject();
    }

    static void WriteNextIndex(RpcCall call, Chain chain)
    {
        if (!Ss58Address.TryDecode(call.Text(0), out var account))
            throw RpcException.InvalidParams("Parameter 0 is not an SS58 address.");
        call.Result.WriteNumberValue(chain.Pool.NextNonce(account, chain.Pending()));
    }
}
