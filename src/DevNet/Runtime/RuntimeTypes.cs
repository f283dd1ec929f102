using DevNet.Metadata;
using DevNet.Pallets;

namespace DevNet.Runtime;

/// <summary>Declares the types of a runtime under the paths they have on the real chain.</summary>
/// <remarks>Source: the metadata of a real Subtensor runtime (spec 365); paths and field names are what generic clients look for.</remarks>
static class RuntimeTypes
{
    public static TypeRegistry Declare(RuntimeDefinition runtime)
    {
        var types = new TypeRegistry();
        DeclarePrimitives(types);
        DeclareFrame(types);
        DeclareErrors(types);
        DeclareTransactions(types, runtime);
        if (runtime.Rules.WrapsNumbers)
            NumberTypes.DeclareWrapped(types);
        else
            NumberTypes.DeclarePlain(types);
        SubtensorTypes.Declare(types, runtime);
        DeclarePallets(types, runtime);
        return types;
    }

    static void DeclarePrimitives(TypeRegistry types) => types
        .Struct("AccountId32", "sp_core::crypto::AccountId32", "[u8; 32]")
        .Struct("H256", "primitive_types::H256", "[u8; 32]")
        .Struct("CowStr", "Cow", "str", "T: str")
        .Struct("CowApis", "Cow", "Vec<([u8; 8], u32)>", "T: Vec<([u8; 8], u32)>")
        .Struct("OpaqueMetadata", "sp_core::OpaqueMetadata", "Vec<u8>")
        .Struct("Weight", "sp_weights::weight_v2::Weight", "ref_time: Compact<u64>, proof_size: Compact<u64>")
        .Struct("FixedU128", "sp_arithmetic::fixed_point::FixedU128", "u128")
        .Struct("RuntimeVersion", "sp_version::RuntimeVersion", """
            spec_name: CowStr, impl_name: CowStr, authoring_version: u32, spec_version: u32, impl_version: u32, apis: CowApis,
            transaction_version: u32, system_version: u8
            """);

    static void DeclareFrame(TypeRegistry types) => types
        .Enum("DispatchClass", "frame_support::dispatch::DispatchClass", "0 Normal\n1 Operational\n2 Mandatory")
        .Enum("Pays", "frame_support::dispatch::Pays", "0 Yes\n1 No")
        .Struct("DispatchEventInfo", "frame_system::DispatchEventInfo", "weight: Weight, class: DispatchClass, pays_fee: Pays")
        .Enum("Phase", "frame_system::Phase", "0 ApplyExtrinsic(u32)\n1 Finalization\n2 Initialization")
        .Struct("EventRecord", "frame_system::EventRecord", "phase: Phase, event: RuntimeEvent, topics: Vec<H256>", "E: RuntimeEvent, T: H256")
        .Struct("ExtraFlags", "pallet_balances::types::ExtraFlags", "u128")
        .Struct("AccountData", "pallet_balances::types::AccountData", "free: u64, reserved: u64, frozen: u64, flags: ExtraFlags", "Balance: u64")
        .Struct(
            "AccountInfo", "frame_system::AccountInfo", "nonce: u32, consumers: u32, providers: u32, sufficients: u32, data: AccountData",
            "Nonce: u32, AccountData: AccountData")
        .Struct("Digest", "sp_runtime::generic::digest::Digest", "logs: Vec<DigestItem>")
        .Enum("DigestItem", "sp_runtime::generic::digest::DigestItem", """
            6 PreRuntime([u8; 4], Vec<u8>)
            4 Consensus([u8; 4], Vec<u8>)
            5 Seal([u8; 4], Vec<u8>)
            0 Other(Vec<u8>)
            8 RuntimeEnvironmentUpdated
            """)
        .Struct("LastRuntimeUpgradeInfo", "frame_system::LastRuntimeUpgradeInfo", "spec_version: Compact<u32>, spec_name: CowStr")
        .Struct("Runtime", "node_subtensor_runtime::Runtime", "");

    static void DeclareErrors(TypeRegistry types) => types
        .Struct("ModuleError", "sp_runtime::ModuleError", "index: u8, error: [u8; 4]")
        .Enum("TokenError", "sp_runtime::TokenError", """
            0 FundsUnavailable
            1 OnlyProvider
            2 BelowMinimum
            3 CannotCreate
            4 UnknownAsset
            5 Frozen
            6 Unsupported
            7 CannotCreateHold
            8 NotExpendable
            9 Blocked
            """)
        .Enum("ArithmeticError", "sp_arithmetic::ArithmeticError", "0 Underflow\n1 Overflow\n2 DivisionByZero")
        .Enum("TransactionalError", "sp_runtime::TransactionalError", "0 LimitReached\n1 NoLayer")
        .Enum("TrieError", "sp_runtime::proving_trie::TrieError", """
            0 InvalidStateRoot
            1 IncompleteDatabase
            2 ValueAtIncompleteKey
            3 DecoderError
            4 InvalidHash
            5 DuplicateKey
            6 ExtraneousNode
            7 ExtraneousValue
            8 ExtraneousHashReference
            9 InvalidChildReference
            10 ValueMismatch
            11 IncompleteProof
            12 RootMismatch
            13 DecodeError
            """)
        .Enum("DispatchError", "sp_runtime::DispatchError", """
            0 Other
            1 CannotLookup
            2 BadOrigin
            3 Module(ModuleError)
            4 ConsumerRemaining
            5 NoProviders
            6 TooManyConsumers
            7 Token(TokenError)
            8 Arithmetic(ArithmeticError)
            9 Transactional(TransactionalError)
            10 Exhausted
            11 Corruption
            12 Unavailable
            13 RootNotAllowed
            14 Trie(TrieError)
            """);

    static void DeclareTransactions(TypeRegistry types, RuntimeDefinition runtime)
    {
        types
            .Enum("MultiAddress", "sp_runtime::multiaddress::MultiAddress", """
                0 Id(AccountId32)
                1 Index(Compact<()>)
                2 Raw(Vec<u8>)
                3 Address32([u8; 32])
                4 Address20([u8; 20])
                """, "AccountId: AccountId32, AccountIndex: ()")
            .Enum("MultiSignature", "sp_runtime::MultiSignature", "0 Ed25519([u8; 64])\n1 Sr25519([u8; 64])\n2 Ecdsa([u8; 65])")
            .Enum("Era", "sp_runtime::generic::era::Era", "0 Immortal\n" + string.Join('\n', Enumerable.Range(1, 255).Select(i => $"{i} Mortal{i}(u8)")))
            .Enum("MetadataHashMode", "frame_metadata_hash_extension::Mode", "0 Disabled\n1 Enabled")
            .Struct(
                "GenericExtrinsic", "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic", "Vec<u8>",
                "Address: MultiAddress, Call: RuntimeCall, Signature: MultiSignature, Extra: Extensions")
            .Struct(
                "UncheckedExtrinsic", "fp_self_contained::unchecked_extrinsic::UncheckedExtrinsic", "GenericExtrinsic",
                "Address: MultiAddress, Call: RuntimeCall, Signature: MultiSignature, Extension: Extensions")
            .Alias("Extensions", $"({string.Join(", ", runtime.Extensions.Select(extension => extension.Extra))})")
            .Enum("TransactionSource", "sp_runtime::transaction_validity::TransactionSource", "0 InBlock\n1 Local\n2 External")
            .Struct("ValidTransaction", "sp_runtime::transaction_validity::ValidTransaction", """
                priority: u64, requires: Vec<Vec<u8>>, provides: Vec<Vec<u8>>, longevity: u64, propagate: bool
                """)
            .Enum("InvalidTransaction", "sp_runtime::transaction_validity::InvalidTransaction", """
                0 Call
                1 Payment
                2 Future
                3 Stale
                4 BadProof
                5 AncientBirthBlock
                6 ExhaustsResources
                7 Custom(u8)
                8 BadMandatory
                9 MandatoryValidation
                10 BadSigner
                11 IndeterminateImplicit
                12 UnknownOrigin
                """)
            .Enum("UnknownTransaction", "sp_runtime::transaction_validity::UnknownTransaction", "0 CannotLookup\n1 NoUnsignedValidator\n2 Custom(u8)")
            .Enum("TransactionValidityError", "sp_runtime::transaction_validity::TransactionValidityError", """
                0 Invalid(InvalidTransaction)
                1 Unknown(UnknownTransaction)
                """)
            .Struct(
                "RuntimeDispatchInfo", "pallet_transaction_payment::types::RuntimeDispatchInfo", "weight: Weight, class: DispatchClass, partial_fee: u64",
                "Balance: u64, Weight: Weight");
        RuntimeExtensions.Declare(types);
    }

    static void DeclarePallets(TypeRegistry types, RuntimeDefinition runtime)
    {
        foreach (var pallet in runtime.Pallets)
        {
            types.Enum(pallet.Name + "Call", $"{pallet.Path}::Call", pallet.Calls, pallet.TypeParameters);
            types.Enum(pallet.Name + "Event", $"{pallet.Path}::Event", pallet.Events, pallet.TypeParameters);
            types.Enum(pallet.Name + "Error", $"{pallet.Path}::Error", pallet.Errors, pallet.TypeParameters);
        }
        Outer("Call", pallet => pallet.Calls.Length);
        Outer("Event", pallet => pallet.Events.Length);
        Outer("Error", pallet => pallet.Errors.Length);

        void Outer(string kind, Func<PalletDefinition, int> count) => types.Enum(
            "Runtime" + kind, "node_subtensor_runtime::Runtime" + kind,
            [.. runtime.Pallets.Where(pallet => count(pallet) > 0)
                .Select(pallet => new VariantDefinition(pallet.Index, pallet.Name, [new(null, pallet.Name + kind)], ""))]);
    }
}
