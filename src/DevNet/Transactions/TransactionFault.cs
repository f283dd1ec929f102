using System.Globalization;
using Bittensor.Scale;
using DevNet.Rpc;

namespace DevNet.Transactions;

/// <summary>Why a transaction is not valid: TransactionValidityError, in SCALE and as the pool's JSON-RPC error.</summary>
/// <remarks>Source: polkadot-sdk, primitives/runtime/src/transaction_validity.rs (texts included) and client/rpc-api/src/author/error.rs.</remarks>
sealed record TransactionFault(byte Code, string Text, byte? Custom = null, bool IsUnknown = false)
{
    public static TransactionFault Payment { get; } = new(1, "Inability to pay some fees (e.g. account balance too low)");

    public static TransactionFault Future { get; } = new(2, "Transaction will be valid in the future");

    public static TransactionFault Stale { get; } = new(3, "Transaction is outdated");

    public static TransactionFault BadProof { get; } = new(4, "Transaction has a bad signature");

    public static TransactionFault AncientBirthBlock { get; } = new(5, "Transaction has an ancient birth block");

    public static TransactionFault BadMandatory { get; } = new(8, "A call was labelled as mandatory, but resulted in an Error.");

    public static TransactionFault BadSigner { get; } = new(10, "Invalid signing address");

    /// <summary>A fault of the subnet's rules; the numbers are in <see cref="CustomFaults"/>.</summary>
    public static TransactionFault FromCustom(byte code) =>
        new(7, "InvalidTransaction custom error", code);

    public void WriteTo(ScaleWriter writer)
    {
        writer.WriteByte(IsUnknown ? (byte)1 : (byte)0).WriteByte(Code);
        if (Custom is { } custom)
            writer.WriteByte(custom);
    }

    public RpcException ToRpcError() => IsUnknown
        ? new(1011, "Unknown Transaction Validity", Text)
        : new(1010, "Invalid Transaction", Custom is { } custom ? string.Create(CultureInfo.InvariantCulture, $"Custom error: {custom}") : Text);
}
