using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

/// <summary>Metadata with the parts of Subtensor that the client uses, at one age.</summary>
sealed class TestRuntime
{
    const StorageHasher Identity = StorageHasher.Identity;
    const StorageHasher Blake = StorageHasher.Blake2With128Concat;

    readonly MetadataBuilder _builder = new();
    readonly RuntimeAge _age;
    readonly string? _without;
    readonly uint _bool, _u8, _u16, _u32, _u64, _u128, _account, _hash, _netuid, _compact16, _compact32, _compact64, _bytes, _empty;

    /// <param name="age">Which one.</param>
    /// <param name="without">A storage item of the subtensor pallet that this runtime calls otherwise.</param>
    public TestRuntime(RuntimeAge age, string? without = null)
    {
        (_age, _without) = (age, without);
        (_bool, _u8, _u16, _u32, _u64, _u128) =
            (_builder.Primitive(0), _builder.Primitive(3), _builder.Primitive(4), _builder.Primitive(5), _builder.Primitive(6), _builder.Primitive(7));
        var bytes32 = _builder.Array(32, _u8);
        (_account, _hash) = (_builder.Struct("AccountId32", (null, bytes32)), _builder.Struct("H256", (null, bytes32)));
        _netuid = age == RuntimeAge.Classic ? _u16 : _builder.Struct("NetUid", (null, _u16));
        _compact16 = _builder.Compact(age == RuntimeAge.Next ? _builder.Struct("PerU16", (null, _u16)) : _u16);
        (_compact32, _compact64, _bytes, _empty) = (_builder.Compact(_u32), _builder.Compact(_u64), _builder.Sequence(_u8), _builder.Tuple());
        AddPallets();
        AddExtrinsic(bytes32);
        AddApis();
    }

    public static uint SpecVersionOf(RuntimeAge age) => age switch { RuntimeAge.Classic => 204, RuntimeAge.Current => 393, _ => 500 };

    public static byte[] Blob(RuntimeAge age, byte version, string? without = null) => new TestRuntime(age, without)._builder.Build(version);

    public static RuntimeMetadata Metadata(RuntimeAge age, byte version = 15) => RuntimeMetadata.Parse(Blob(age, version));

    T At<T>(T classic, T current, T next) => _age switch { RuntimeAge.Classic => classic, RuntimeAge.Current => current, _ => next };

    void AddPallets()
    {
        var system = SystemEvents();
        var subtensor = SubtensorEvents();
        var balances = _builder.Enum("Event", [
            new MetadataCase("Withdraw", 8, ("who", _account), ("amount", _u64)), new MetadataCase("Upgraded", 14, ("who", _account))]);
        var payment = _builder.Enum("Event", [new MetadataCase("TransactionFeePaid", 0, ("who", _account), ("actual_fee", _u64), ("tip", _u64))]);
        var all = _builder.Enum("RuntimeEvent", [
            new MetadataCase("System", 0, (null, system)), new MetadataCase("Balances", 5, (null, balances)),
            new MetadataCase("TransactionPayment", 6, (null, payment)), new MetadataCase("SubtensorModule", SubtensorIndex, (null, subtensor))]);
        var phase = _builder.Enum("Phase", [
            new MetadataCase("ApplyExtrinsic", 0, (null, _u32)), new MetadataCase("Finalization", 1), new MetadataCase("Initialization", 2)]);
        var record = _builder.Struct("EventRecord", ("phase", phase), ("event", all), ("topics", _builder.Sequence(_hash)));
        var data = _builder.Struct("AccountData", ("free", _u64), ("reserved", _u64), ("frozen", _u64), ("flags", _u128));
        var account = _builder.Struct(
            "AccountInfo", ("nonce", _u32), ("consumers", _u32), ("providers", _u32), ("sufficients", _u32), ("data", data));
        var systemCalls = _builder.Enum("Call", [new MetadataCase("remark", 0, ("remark", _bytes))]);
        _builder.AddPallet(new MetadataPallet("System", 0) { Calls = systemCalls, Events = system }
            .Map("Account", [Blake], _account, account, new byte[56])
            .Plain("Number", _u32, new byte[4])
            .Map("BlockHash", [StorageHasher.Twox64Concat], _u32, _hash, new byte[32])
            .Plain("Events", _builder.Sequence(record), [0]));
        _builder.AddPallet(new MetadataPallet("Timestamp", 2).Plain("Now", _u64, new byte[8]));
        _builder.AddPallet(new MetadataPallet("Balances", 5) { Events = balances });
        _builder.AddPallet(new MetadataPallet("TransactionPayment", 6) { Events = payment });
        _builder.AddPallet(SubtensorPallet(subtensor));
    }

    byte SubtensorIndex => At<byte>(7, 7, 9);

    MetadataPallet SubtensorPallet(uint events)
    {
        var two = _builder.Tuple(_netuid, _account);
        var amounts = _builder.Sequence(_u64);
        var flags = _builder.Sequence(_bool);
        var scores = _builder.Sequence(_u16);
        var pallet = new MetadataPallet("SubtensorModule", SubtensorIndex) { Calls = Calls(), Events = events, Errors = Errors() }
            .Map("Uids", [Identity, Blake], two, _u16, null)
            .Map("Axons", [Identity, Blake], two, AxonInfo(), null)
            .Map("Prometheus", [Identity, Blake], two, PrometheusInfo(), null)
            .Map("Keys", [Identity, Identity], _builder.Tuple(_netuid, _u16), _account, new byte[32])
            .Map("IsNetworkMember", [Blake, Identity], _builder.Tuple(_account, _netuid), _bool, [0])
            .Map("SubnetworkN", [Identity], _netuid, _u16, [0, 0])
            .Map(_without == "ServingRateLimit" ? "Moved" : "ServingRateLimit", [Identity], _netuid, _u64, [50, 0, 0, 0, 0, 0, 0, 0])
            .Map("Burn", [Identity], _netuid, _u64, [0, 0xe1, 0xf5, 5, 0, 0, 0, 0])
            .Map("Active", [Identity], _netuid, flags, [0])
            .Map("ValidatorPermit", [Identity], _netuid, flags, [0])
            .Map("LastUpdate", [Identity], _netuid, amounts, [0])
            .Map("Consensus", [Identity], _netuid, scores, [0]);
        pallet.Constants.Add(("InitialServingRateLimit", _u64, [50, 0, 0, 0, 0, 0, 0, 0]));
        return pallet;
    }

    uint AxonInfo()
    {
        (string?, uint)[] fields =
        [
            ("block", _u64), ("version", _u32), ("ip", _u128), ("port", _u16), ("ip_type", _u8), ("protocol", _u8), ("placeholder1", _u8),
            ("placeholder2", _u8),
        ];
        return _builder.Struct("AxonInfo", _age == RuntimeAge.Next ? [.. fields, ("regions", _bytes)] : fields);
    }

    uint PrometheusInfo() => _builder.Struct("PrometheusInfo", ("block", _u64), ("version", _u32), ("ip", _u128), ("port", _u16), ("ip_type", _u8));

    uint Calls()
    {
        (string?, uint)[] axon =
        [
            ("netuid", _netuid), ("version", _u32), ("ip", _u128), ("port", _u16), ("ip_type", _u8), ("protocol", _u8), ("placeholder1", _u8),
            ("placeholder2", _u8),
        ];
        (string?, uint)[] appended = _age == RuntimeAge.Next ? [.. axon, ("region", _builder.Option(_u16))] : axon;
        return _builder.Enum("Call", [
            new MetadataCase("serve_axon", At<byte>(4, 4, 44), appended),
            new MetadataCase("serve_prometheus", 5, axon[..5]),
            new MetadataCase("burned_register", 7, ("netuid", _netuid), ("hotkey", _account)),
            new MetadataCase("serve_axon_tls", 40, [.. axon, ("certificate", _bytes)])]);
    }

    uint SubtensorEvents() => _builder.Enum("Event", [
        new MetadataCase("NeuronRegistered", At<byte>(5, 6, 6), (null, _netuid), (null, _u16), (null, _account)),
        new MetadataCase("AxonServed", 28, (null, _netuid), (null, _account)),
        new MetadataCase("RAORecycledForRegistrationSet", 46, (null, _netuid), (null, _u64))]);

    uint Errors() => _builder.Enum("Error", [
        Error("InvalidIpType", At<byte>(2, 1, 1)), Error("InvalidIpAddress", At<byte>(3, 2, 2)), Error("InvalidPort", At<byte>(4, 3, 3)),
        Error("HotKeyNotRegisteredInSubNet", At<byte>(5, 4, 4)), Error("HotKeyNotRegisteredInNetwork", At<byte>(7, 6, 6)),
        Error("ServingRateLimitExceeded", At<byte>(31, 30, 31))], ["pallet_subtensor", "pallet", "Error"]);

    static MetadataCase Error(string name, byte index) => new(name, index) { Docs = [$"Docs of {name}", "in two lines."] };

    uint SystemEvents()
    {
        var module = _builder.Struct("ModuleError", ("index", _u8), ("error", _builder.Array(4, _u8)));
        var token = _builder.Enum("TokenError", [new MetadataCase("FundsUnavailable", 0), new MetadataCase("Frozen", 5)]);
        var error = _builder.Enum("DispatchError", [
            new MetadataCase("Other", 0), new MetadataCase("CannotLookup", 1), new MetadataCase("BadOrigin", 2), new MetadataCase("Module", 3, (null, module)),
            new MetadataCase("Token", 7, (null, token))]);
        var weight = _builder.Struct("Weight", ("ref_time", _compact64), ("proof_size", _compact64));
        var dispatchClass = _builder.Enum("DispatchClass", [new MetadataCase("Normal", 0), new MetadataCase("Operational", 1), new MetadataCase("Mandatory", 2)]);
        var pays = _builder.Enum("Pays", [new MetadataCase("Yes", 0), new MetadataCase("No", 1)]);
        var dispatchInfo = _builder.Struct("DispatchInfo", ("weight", weight), ("class", dispatchClass), ("pays_fee", pays));
        return _builder.Enum("Event", [
            new MetadataCase("ExtrinsicSuccess", 0, ("dispatch_info", dispatchInfo)),
            new MetadataCase("ExtrinsicFailed", 1, ("dispatch_error", error), ("dispatch_info", dispatchInfo))]);
    }

    void AddExtrinsic(uint bytes32)
    {
        var address = _builder.Enum("MultiAddress", [new MetadataCase("Id", 0, (null, _account)), new MetadataCase("Raw", 2, (null, _bytes))]);
        var signature = _builder.Enum("MultiSignature", [
            new MetadataCase("Ed25519", 0, (null, _builder.Array(64, _u8))), new MetadataCase("Sr25519", 1, (null, _builder.Array(64, _u8)))]);
        _builder.Extrinsic = (address, signature, _empty, _empty);
        var era = _builder.Enum("Era", [
            new MetadataCase("Immortal", 0), .. Enumerable.Range(1, 255).Select(index => new MetadataCase($"Mortal{index}", (byte)index, (null, _u8)))]);
        var mode = _builder.Struct("CheckMetadataHash", ("mode", _builder.Enum("Mode", [new MetadataCase("Disabled", 0), new MetadataCase("Enabled", 1)])));
        Extension("CheckNonZeroSender");
        Extension("CheckSpecVersion", signed: _u32);
        Extension("CheckTxVersion", signed: _u32);
        Extension("CheckGenesis", signed: _hash);
        Extension("CheckMortality", _builder.Struct("CheckMortality", (null, era)), _hash);
        Extension("CheckNonce", _builder.Struct("CheckNonce", (null, _compact32)));
        Extension("CheckWeight");
        Extension("ChargeTransactionPayment", _builder.Struct("ChargeTransactionPayment", (null, _compact64)));
        foreach (var name in At<string[]>(
            ["SubtensorSignedExtension", "CommitmentsSignedExtension"],
            ["SudoTransactionExtension", "CheckShieldedTxValidity", "SubtensorTransactionExtension", "DrandPriority"],
            ["SudoTransactionExtension", "CheckShieldedTxValidity", "SubtensorTransactionExtension", "DrandPriority", "SomethingNewAndEmpty"]))
            Extension(name);
        Extension("CheckMetadataHash", mode, _builder.Option(bytes32));
        if (_age == RuntimeAge.Next)
        {
            Extension("VerifyOtherKeys", _bytes, _hash);
            _builder.ExtensionsByVersion = new() { [0] = [.. Enumerable.Range(0, 14)], [1] = [14, .. Enumerable.Range(0, 14)] };
        }
    }

    void Extension(string name, uint? type = null, uint? signed = null) =>
        _builder.AddExtension(name, type ?? _builder.Struct(name), signed ?? _empty);

    void AddApis()
    {
        const string Subnet = "SubnetInfoRuntimeApi";
        if (_age == RuntimeAge.Classic)
        {
            _builder.AddMethod(Subnet, "get_subnet_state", _bytes, ("netuid", _u16));
            _builder.AddMethod("NeuronInfoRuntimeApi", "get_neurons_lite", _bytes, ("netuid", _u16));
            return;
        }
        _builder.AddMethod(Subnet, "get_metagraph", _builder.Option(Metagraph(selective: false)), ("netuid", _netuid));
        _builder.AddMethod(
            Subnet, "get_selective_metagraph", _builder.Option(Metagraph(selective: true)), ("netuid", _netuid), ("metagraph_indexes", _builder.Sequence(_u16)));
    }

    /// <summary>The fields the client reads, at the positions of the real struct, with numbers in between.</summary>
    uint Metagraph(bool selective)
    {
        var scores = _builder.Sequence(_compact16);
        var amounts = _builder.Sequence(_compact64);
        var flags = _builder.Sequence(_bool);
        var keys = _builder.Sequence(_account);
        var known = new Dictionary<int, (string Name, uint Type)>
        {
            [0] = ("netuid", _compact16), [7] = ("block", _compact64), [52] = ("hotkeys", keys), [53] = ("coldkeys", keys),
            [55] = ("axons", _builder.Sequence(AxonInfo())), [56] = ("active", flags), [57] = ("validator_permit", flags), [59] = ("last_update", amounts),
            [60] = ("emission", amounts), [61] = ("dividends", scores), [62] = ("incentives", scores), [63] = ("consensus", scores), [64] = ("trust", scores),
            [67] = ("alpha_stake", amounts), [68] = ("tao_stake", amounts), [69] = ("total_stake", amounts),
        };
        var count = _age == RuntimeAge.Next ? 77 : 74;
        var fields = Enumerable.Range(0, count).Select(index => known.TryGetValue(index, out var field) ? field : ($"field{index}", _compact64));
        return _builder.Struct(selective ? "SelectiveMetagraph" : "Metagraph", [.. fields.Select((field, index) =>
            ((string?)field.Item1, selective && index > 0 ? _builder.Option(field.Item2) : field.Item2))]);
    }
}
