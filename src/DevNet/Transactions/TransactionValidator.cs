using Bittensor.Crypto;
using Bittensor.Scale;
using DevNet.Pallets;
using DevNet.Runtime;
using DevNet.State;

namespace DevNet.Transactions;

/// <summary>
/// Checks a transaction against a state that has been prepared for the next block: what the extensions of the real chain check, in an
/// order with the same outcome.
/// </summary>
/// <remarks>Source: polkadot-sdk, frame/system/src/extensions/*.rs and frame/transaction-payment; opentensor/subtensor,
/// pallets/subtensor/src/transaction_extension.rs.</remarks>
static class TransactionValidator
{
    /// <summary>Null when the transaction is valid; a nonce ahead of the account's is.</summary>
    public static TransactionFault? Check(SignedExtrinsic transaction, ChainState state, byte[] genesisHash) =>
        CheckSignature(transaction, state, genesisHash) ?? CheckNonce(transaction, state)
            ?? CheckPayment(transaction, state) ?? CheckCall(transaction, state);

    /// <summary>The last block that may hold the transaction, as a distance.</summary>
    public static ulong Longevity(SignedExtrinsic transaction, ChainState state) =>
        transaction.Era.Death(state.BlockNumber) - state.BlockNumber;

    /// <summary>What marks a sender's nonce as taken: account, then nonce.</summary>
    public static byte[] Tag(SignedExtrinsic transaction, uint nonce) => [.. transaction.Signer.Bytes, .. LittleEndian.U32(nonce)];

    static TransactionFault? CheckSignature(SignedExtrinsic transaction, ChainState state, byte[] genesisHash)
    {
        // The metadata's hash enters the signed bytes; a runtime built without it, as this one, cannot know it.
        if (transaction.Signature is null || transaction.WithMetadataHash)
            return TransactionFault.BadProof;
        var birth = transaction.Era.Birth(state.BlockNumber);
        var birthHash = transaction.Era.IsImmortal ? genesisHash : state.Entries.GetValueOrDefault(BlockHashKey(state, birth));
        if (birthHash is null)
            return TransactionFault.AncientBirthBlock;
        if (transaction.Signer.IsZero)
            return TransactionFault.BadSigner;
        var payload = new ScaleWriter()
            .WriteBytes(transaction.CallBytes).WriteBytes(transaction.Extra)
            .WriteUInt32(state.Runtime.SpecVersion).WriteUInt32(RuntimeDefinition.TransactionVersion)
            .WriteBytes(genesisHash).WriteBytes(birthHash).WriteByte(0)
            .ToArray();
        var signed = payload.Length > 256 ? Blake2b.Hash256(payload) : payload;
        return Sr25519.Verify(transaction.Signer.Bytes, signed, transaction.Signature) ? null : TransactionFault.BadProof;
    }

    static TransactionFault? CheckNonce(SignedExtrinsic transaction, ChainState state)
    {
        var accounts = new Accounts(state);
        if (transaction.Call.PaysFee && !accounts.Exists(transaction.Signer))
            return TransactionFault.Payment;
        return transaction.Nonce < accounts.Nonce(transaction.Signer) ? TransactionFault.Stale : null;
    }

    static TransactionFault? CheckPayment(SignedExtrinsic transaction, ChainState state) =>
        (UInt128)Fee(transaction) + transaction.Tip > new Accounts(state).Free(transaction.Signer) ? TransactionFault.Payment : null;

    static TransactionFault? CheckCall(SignedExtrinsic transaction, ChainState state) => transaction.Call switch
    {
        TimestampCall => TransactionFault.BadMandatory,
        _ when !state.Runtime.Rules.ValidatesCalls => null,
        ServeAxon serve when ServingRules.CheckAxon(state, transaction.Signer, serve) is { } error => TransactionFault.FromCustom(CustomFaults.Code(error)),
        RegisterCall register when Registration.CheckRate(state, register.Netuid) is { } error => TransactionFault.FromCustom(CustomFaults.Code(error)),
        _ => null,
    };

    /// <summary>The fee without the tip, in RAO.</summary>
    public static ulong Fee(SignedExtrinsic transaction) => transaction.Call.PaysFee ? TransactionPaymentPallet.Fee(transaction.Bytes.Length) : 0;

    static byte[] BlockHashKey(ChainState state, ulong number) => state.Runtime.Storage("System.BlockHash").Key(LittleEndian.U32((uint)number));
}
