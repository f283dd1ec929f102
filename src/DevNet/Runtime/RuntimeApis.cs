using DevNet.Metadata;

namespace DevNet.Runtime;

/// <summary>The runtime APIs this chain answers, with the ids and versions of spec 393, which spec 204 shares.</summary>
static class RuntimeApis
{
    static readonly RuntimeApiDefinition[] Node =
    [
        RuntimeApiDefinition.Parse("Core", "df6acb689907609b", 5, "version() -> RuntimeVersion"),
        RuntimeApiDefinition.Parse("Metadata", "37e397fc7c91f5e4", 2, """
            metadata() -> OpaqueMetadata
            metadata_at_version(version: u32) -> Option<OpaqueMetadata>
            metadata_versions() -> Vec<u32>
            """),
        RuntimeApiDefinition.Parse("TaggedTransactionQueue", "d2bc9897eed08f15", 3, """
            validate_transaction(source: TransactionSource, tx: UncheckedExtrinsic,
                block_hash: H256) -> Result<ValidTransaction, TransactionValidityError>
            """),
        RuntimeApiDefinition.Parse("AccountNonceApi", "bc9d89904f5b923f", 1, "account_nonce(account: AccountId32) -> u32"),
        RuntimeApiDefinition.Parse("TransactionPaymentApi", "37c8bb1350a9a2a8", 4, """
            query_info(uxt: UncheckedExtrinsic, len: u32) -> RuntimeDispatchInfo
            """),
        RuntimeApiDefinition.Parse("TransactionPaymentCallApi", "f3ff14d5ab527059", 3, """
            query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo
            """),
    ];

    /// <summary>Spec 204: results are bytes that only their readers know, and nothing gives a whole metagraph.</summary>
    public static IReadOnlyList<RuntimeApiDefinition> Classic { get; } =
    [
        .. Node,
        RuntimeApiDefinition.Parse("NeuronInfoRuntimeApi", "806df4ccaa9ed485", 1, """
            get_neurons(netuid: u16) -> Vec<u8>
            get_neuron(netuid: u16, uid: u16) -> Vec<u8>
            get_neurons_lite(netuid: u16) -> Vec<u8>
            get_neuron_lite(netuid: u16, uid: u16) -> Vec<u8>
            """),
        RuntimeApiDefinition.Parse("SubnetInfoRuntimeApi", "8375104b299b74c5", 1, """
            get_subnet_hyperparams(netuid: u16) -> Vec<u8>
            get_subnet_state(netuid: u16) -> Vec<u8>
            """),
    ];

    /// <summary>Spec 393.</summary>
    public static IReadOnlyList<RuntimeApiDefinition> Current { get; } =
    [
        .. Node,
        RuntimeApiDefinition.Parse("NeuronInfoRuntimeApi", "806df4ccaa9ed485", 1, """
            get_neurons(netuid: NetUid) -> Vec<NeuronInfo>
            get_neuron(netuid: NetUid, uid: u16) -> Option<NeuronInfo>
            get_neurons_lite(netuid: NetUid) -> Vec<NeuronInfoLite>
            get_neuron_lite(netuid: NetUid, uid: u16) -> Option<NeuronInfoLite>
            """),
        RuntimeApiDefinition.Parse("SubnetInfoRuntimeApi", "8375104b299b74c5", 1, """
            get_subnet_hyperparams(netuid: NetUid) -> Option<SubnetHyperparams>
            get_metagraph(netuid: NetUid) -> Option<Metagraph>
            get_mechagraph(netuid: NetUid, mecid: u8) -> Option<Metagraph>
            get_subnet_state(netuid: NetUid) -> Option<SubnetState>
            get_selective_metagraph(netuid: NetUid, metagraph_indexes: Vec<u16>) -> Option<SelectiveMetagraph>
            get_selective_mechagraph(netuid: NetUid, subid: u8, metagraph_indexes: Vec<u16>) -> Option<SelectiveMetagraph>
            """),
    ];
}
