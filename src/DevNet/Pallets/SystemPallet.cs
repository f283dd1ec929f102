using DevNet.Metadata;
using DevNet.Runtime;

namespace DevNet.Pallets;

/// <summary>The System pallet: accounts, blocks, events.</summary>
static class SystemPallet
{
    public static PalletDefinition Define(uint specVersion, IReadOnlyList<RuntimeApiDefinition> apis) => new("System", 0, "frame_system::pallet")
    {
        Calls = VariantDefinition.ParseTable("""
            0 remark(remark: Vec<u8>) -- Makes a remark on chain; changes nothing.
            7 remark_with_event(remark: Vec<u8>) -- Makes a remark on chain and emits its hash.
            """),
        Events = VariantDefinition.ParseTable("""
            0 ExtrinsicSuccess(dispatch_info: DispatchEventInfo) -- An extrinsic completed successfully.
            1 ExtrinsicFailed(dispatch_error: DispatchError, dispatch_info: DispatchEventInfo) -- An extrinsic failed.
            2 CodeUpdated -- The runtime code was replaced.
            3 NewAccount(account: AccountId32) -- A new account was created.
            4 KilledAccount(account: AccountId32) -- An account was reaped.
            5 Remarked(sender: AccountId32, hash: H256) -- A remark was made.
            """),
        Errors = VariantDefinition.ParseTable("""
            0 InvalidSpecName -- The new runtime has another name than the current one.
            1 SpecVersionNeedsToIncrease -- The spec version must not go down.
            2 FailedToExtractRuntimeVersion -- The new code has no readable runtime version.
            3 NonDefaultComposite -- The account still holds other data.
            4 NonZeroRefCount -- The account is still referred to.
            5 CallFiltered -- The origin filter keeps this call from being dispatched.
            """),
        Storage = StorageDefinition.ParseTable($"""
            Account(Blake2_128Concat AccountId32): AccountInfo = {new string('0', 112)}
            ExtrinsicCount: u32?
            BlockHash(Twox64Concat u32): H256 = {new string('0', 64)}
            Number: u32 = 00000000
            ParentHash: H256 = {new string('0', 64)}
            Digest: Digest = 00
            Events: Vec<EventRecord> = 00
            EventCount: u32 = 00000000
            LastRuntimeUpgrade: LastRuntimeUpgradeInfo?
            """),
        Constants =
        [
            .. ConstantDefinition.ParseTable("""
                BlockHashCount: u32 = 60090000
                SS58Prefix: u16 = 2a00
                """),
            new("Version", "RuntimeVersion", RuntimeVersionCodec.Encode(specVersion, apis)),
        ],
    };
}
