using DevNet.Metadata;
using DevNet.Runtime;

namespace DevNet.Pallets;

/// <summary>The structs of SubtensorModule's storage and runtime APIs.</summary>
static class SubtensorTypes
{
    const string NeuronFront = """
        hotkey: AccountId32, coldkey: AccountId32, uid: Compact<u16>, netuid: Compact<NetUid>, active: bool, axon_info: AxonInfo,
        prometheus_info: PrometheusInfo, stake: Vec<(AccountId32, Compact<AlphaCurrency>)>, rank: Compact<Score>, emission: Compact<AlphaCurrency>,
        incentive: Compact<Score>, consensus: Compact<Score>, trust: Compact<Score>, validator_trust: Compact<Score>, dividends: Compact<Score>,
        last_update: Compact<u64>, validator_permit: bool,
        """;

    public static void Declare(TypeRegistry types, RuntimeDefinition runtime)
    {
        types
            .Struct("U64F64", "substrate_fixed::FixedU128", "bits: u128", "Frac")
            .Struct("I96F32", "substrate_fixed::FixedI128", "bits: i128", "Frac")
            .Struct("BoundedBytes", "bounded_collections::bounded_vec::BoundedVec", "Vec<u8>", "T: u8, S")
            .Struct("AxonInfo", "pallet_subtensor::pallet::AxonInfo", """
                block: u64, version: u32, ip: u128, port: u16, ip_type: u8, protocol: u8, placeholder1: u8, placeholder2: u8
                """)
            .Struct("PrometheusInfo", "pallet_subtensor::pallet::PrometheusInfo", "block: u64, version: u32, ip: u128, port: u16, ip_type: u8")
            .Struct("NeuronCertificate", "pallet_subtensor::pallet::NeuronCertificate", "public_key: BoundedBytes, algorithm: u8")
            .Struct("ChainIdentityV2", "pallet_subtensor::pallet::ChainIdentityV2", """
                name: Vec<u8>, url: Vec<u8>, github_repo: Vec<u8>, image: Vec<u8>, discord: Vec<u8>, description: Vec<u8>, additional: Vec<u8>
                """)
            .Struct("SubnetIdentityV3", "pallet_subtensor::pallet::SubnetIdentityV3", """
                subnet_name: Vec<u8>, github_repo: Vec<u8>, subnet_contact: Vec<u8>, subnet_url: Vec<u8>, discord: Vec<u8>, description: Vec<u8>,
                logo_url: Vec<u8>, additional: Vec<u8>
                """);
        Info("NeuronInfoLite", "neuron_info", NeuronFront + " pruning_score: Compact<Score>");
        Info("NeuronInfo", "neuron_info", NeuronFront + """
             weights: Vec<(Compact<u16>, Compact<u16>)>, bonds: Vec<(Compact<u16>, Compact<u16>)>, pruning_score: Compact<Score>
            """);
        Info("Metagraph", "metagraph", Fields(runtime.MetagraphFields));
        Info("SelectiveMetagraph", "metagraph", MetagraphFields.DeclareSelective(runtime.SelectiveFields));
        Info("SubnetState", "show_subnet", Fields(SubnetStateFields.All));
        types.Struct("SubnetHyperparams", "pallet_subtensor::rpc_info::subnet_info::SubnetHyperparams", Fields(HyperparameterFields.All));

        void Info(string name, string module, string fields) =>
            types.Struct(name, $"pallet_subtensor::rpc_info::{module}::{name}", fields, "AccountId: AccountId32");
    }

    static string Fields(IEnumerable<SubnetField> fields) => string.Join(", ", fields.Select(field => $"{field.Name}: {field.Type}"));
}
