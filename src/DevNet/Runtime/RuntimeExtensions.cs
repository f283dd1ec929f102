using DevNet.Metadata;

namespace DevNet.Runtime;

/// <summary>The transaction extensions, in their order on chain.</summary>
static class RuntimeExtensions
{
    /// <summary>Spec 204.</summary>
    public static IReadOnlyList<ExtensionDefinition> Classic { get; } =
    [
        new("CheckNonZeroSender", "CheckNonZeroSender", "()"),
        new("CheckSpecVersion", "CheckSpecVersion", "u32"),
        new("CheckTxVersion", "CheckTxVersion", "u32"),
        new("CheckGenesis", "CheckGenesis", "H256"),
        new("CheckMortality", "CheckMortality", "H256"),
        new("CheckNonce", "CheckNonce", "()"),
        new("CheckWeight", "CheckWeight", "()"),
        new("ChargeTransactionPayment", "ChargeTransactionPayment", "()"),
        new("SubtensorSignedExtension", "SubtensorSignedExtension", "()"),
        new("CommitmentsSignedExtension", "CommitmentsSignedExtension", "()"),
        new("CheckMetadataHash", "CheckMetadataHash", "Option<[u8; 32]>"),
    ];

    /// <summary>Spec 393.</summary>
    public static IReadOnlyList<ExtensionDefinition> Current { get; } =
    [
        new("CheckNonZeroSender", "CheckNonZeroSender", "()"),
        new("CheckSpecVersion", "CheckSpecVersion", "u32"),
        new("CheckTxVersion", "CheckTxVersion", "u32"),
        new("CheckGenesis", "CheckGenesis", "H256"),
        new("CheckMortality", "CheckMortality", "H256"),
        new("CheckNonce", "CheckNonce", "()"),
        new("CheckWeight", "CheckWeight", "()"),
        new("ChargeTransactionPayment", "ChargeTransactionPayment", "()"),
        new("SudoTransactionExtension", "SudoTransactionExtension", "()"),
        new("CheckShieldedTxValidity", "CheckShieldedTxValidity", "()"),
        new("SubtensorTransactionExtension", "SubtensorTransactionExtension", "()"),
        new("DrandPriority", "DrandPriority", "()"),
        new("CheckMetadataHash", "CheckMetadataHash", "Option<[u8; 32]>"),
    ];

    /// <summary>Outside version 0. Not empty, so that putting it into a transaction of format 4 spoils the transaction.</summary>
    public static IReadOnlyList<ExtensionDefinition> Later { get; } = [new("AuthorizeCall", "AuthorizeCall", "u32")];

    public static void Declare(TypeRegistry types) => types
        .Struct("CheckNonZeroSender", "frame_system::extensions::check_non_zero_sender::CheckNonZeroSender", "", "T")
        .Struct("CheckSpecVersion", "frame_system::extensions::check_spec_version::CheckSpecVersion", "", "T")
        .Struct("CheckTxVersion", "frame_system::extensions::check_tx_version::CheckTxVersion", "", "T")
        .Struct("CheckGenesis", "frame_system::extensions::check_genesis::CheckGenesis", "", "T")
        .Struct("CheckMortality", "frame_system::extensions::check_mortality::CheckMortality", "Era", "T")
        .Struct("CheckNonce", "node_subtensor_runtime::check_nonce::CheckNonce", "Compact<u32>", "T")
        .Struct("CheckWeight", "frame_system::extensions::check_weight::CheckWeight", "", "T")
        .Struct("ChargeTransactionPayment", "pallet_transaction_payment::ChargeTransactionPayment", "Compact<u64>", "T")
        .Struct("SudoTransactionExtension", "node_subtensor_runtime::sudo_wrapper::SudoTransactionExtension", "", "T: Runtime")
        .Struct("CheckShieldedTxValidity", "pallet_shield::extension::CheckShieldedTxValidity", "", "T: Runtime")
        .Struct("SubtensorTransactionExtension", "pallet_subtensor::transaction_extension::SubtensorTransactionExtension", "", "T: Runtime")
        .Struct("SubtensorSignedExtension", "pallet_subtensor::SubtensorSignedExtension", "", "T: Runtime")
        .Struct("CommitmentsSignedExtension", "pallet_commitments::CommitmentsSignedExtension", "", "T: Runtime")
        .Struct("AuthorizeCall", "frame_system::extensions::authorize_call::AuthorizeCall", "u8", "T: Runtime")
        .Struct("DrandPriority", "pallet_drand::drand_priority::DrandPriority", "", "T: Runtime")
        .Struct("CheckMetadataHash", "frame_metadata_hash_extension::CheckMetadataHash", "mode: MetadataHashMode");
}
