using System.Collections.Concurrent;
using DevNet.Metadata;
using DevNet.Pallets;
using Fields = DevNet.Pallets.MetagraphFields;

namespace DevNet.Runtime;

/// <summary>
/// One runtime of the chain: its version, pallets, APIs and extensions. Metadata is written from it, and everything that encodes or
/// decodes looks indices up in it by name, so that another runtime may move any of them.
/// </summary>
sealed class RuntimeDefinition
{
    readonly ConcurrentDictionary<uint, byte[]> _metadata = [];
    readonly Dictionary<string, StoragePrefix> _storage = [];
    readonly Dictionary<string, (byte Pallet, byte Index)> _events = [];
    readonly Dictionary<string, (byte Pallet, byte Index)> _errors = [];
    readonly Dictionary<(byte Pallet, byte Index), string> _calls = [];

    public RuntimeDefinition(
        uint specVersion, IReadOnlyList<PalletDefinition> pallets, IReadOnlyList<RuntimeApiDefinition> apis,
        IReadOnlyList<ExtensionDefinition> extensions)
    {
        (SpecVersion, Pallets, Apis, Extensions) = (specVersion, pallets, apis, extensions);
        foreach (var pallet in pallets)
        {
            foreach (var item in pallet.Storage)
                _storage.Add($"{pallet.Name}.{item.Name}", new(item, item.Prefix(pallet.Name)));
            foreach (var entry in pallet.Events)
                _events.Add($"{pallet.Name}.{entry.Name}", (pallet.Index, entry.Index));
            foreach (var error in pallet.Errors)
                _errors.Add($"{pallet.Name}.{error.Name}", (pallet.Index, error.Index));
            foreach (var call in pallet.Calls)
                _calls.Add((pallet.Index, call.Index), $"{pallet.Name}.{call.Name}");
        }
    }

    public uint SpecVersion { get; }

    /// <summary>Raised when the meaning of a signed call changes; it never has.</summary>
    public const uint TransactionVersion = 1;

    public IReadOnlyList<PalletDefinition> Pallets { get; }

    public IReadOnlyList<RuntimeApiDefinition> Apis { get; }

    /// <summary>The extensions of version 0, which every signed transaction carries.</summary>
    public IReadOnlyList<ExtensionDefinition> Extensions { get; }

    /// <summary>Extensions of a later version only: V16 metadata lists them, a transaction of format 4 does not carry them.</summary>
    public IReadOnlyList<ExtensionDefinition> LaterExtensions { get; init; } = [];

    public RuntimeRules Rules { get; init; } = new();

    /// <summary>The fields of the metagraph.</summary>
    public IReadOnlyList<SubnetField> MetagraphFields { get; init; } = Fields.Full;

    /// <summary>The fields of the selective metagraph, by the index that asks for them.</summary>
    public IReadOnlyList<SubnetField> SelectiveFields { get; init; } = Fields.Selective;

    /// <summary>The encoded metadata of a format of <see cref="RuntimeRules.MetadataVersions"/>.</summary>
    public byte[] Metadata(uint version) => _metadata.GetOrAdd(version, static (format, runtime) => MetadataWriter.Write(runtime, format), this);

    /// <summary>A registry in which every type of this runtime is declared.</summary>
    public TypeRegistry CreateTypes() => RuntimeTypes.Declare(this);

    /// <param name="name"><c>Pallet.Item</c>.</param>
    public StoragePrefix Storage(string name) => _storage[name];

    /// <summary>The item (<c>Pallet.Item</c>) a storage key belongs to; null when there is none.</summary>
    public string? StorageName(byte[] key) => _storage.FirstOrDefault(item => key.AsSpan().StartsWith(item.Value.Bytes)).Key;

    public bool HasStorage(string name) => _storage.ContainsKey(name);

    /// <summary>The indices of an event, by <c>Pallet.Event</c>.</summary>
    public (byte Pallet, byte Index) Event(string name) => _events[name];

    /// <summary>The indices of an error, by <c>Pallet.Error</c>.</summary>
    public (byte Pallet, byte Index) Error(string name) => _errors[name];

    /// <summary>The name (<c>Pallet.call</c>) of a call, null when this runtime has none with these indices.</summary>
    public string? CallName(byte pallet, byte index) => _calls.GetValueOrDefault((pallet, index));

    /// <summary>The indices of a call, by <c>Pallet.call</c>.</summary>
    public (byte Pallet, byte Index) Call(string name) => _calls.First(call => call.Value == name).Key;
}
