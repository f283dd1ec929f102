using Bittensor.Scale;
using DevNet.Pallets;
using DevNet.State;

namespace DevNet.Blocks;

/// <summary>What a runtime does to storage in the first block that it executes.</summary>
static class RuntimeMigration
{
    const string Marker = "System.LastRuntimeUpgrade";

    /// <summary>Does nothing when this runtime has run before.</summary>
    public static void Run(ChainState state)
    {
        var version = new ScaleWriter().WriteCompact(state.Runtime.SpecVersion).WriteString("node-subtensor").ToArray();
        if (state.Find(Marker) is { } last && last.AsSpan().SequenceEqual(version))
            return;
        state.Set(Marker, version);
        foreach (var gone in SubtensorPallet.Definition.Storage.Where(item => !state.Runtime.HasStorage($"SubtensorModule.{item.Name}")))
        {
            foreach (var key in state.KeysUnder(gone.Prefix("SubtensorModule")).ToArray())
                state.Entries = state.Entries.Remove(key);
        }
        const string weight = "SubtensorModule.TaoWeight";
        if (state.Runtime.HasStorage(weight) && state.Find(weight) is null)
            state.Set(weight, LittleEndian.U64(SubtensorStorage.UsualTaoWeight));
    }
}
