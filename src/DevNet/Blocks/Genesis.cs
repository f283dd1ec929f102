using DevNet.Pallets;
using DevNet.Runtime;
using DevNet.State;

namespace DevNet.Blocks;

/// <summary>Block 0: the dev accounts' funds, the subnets, the weight of root stake.</summary>
static class Genesis
{
    public static Block Create(RuntimeDefinition runtime, DevChainOptions options)
    {
        var state = new ChainState(runtime, ChainState.Empty);
        state.Set("System.Number", LittleEndian.U32(0));
        RuntimeMigration.Run(state);
        foreach (var account in DevAccounts.All)
            new Accounts(state).SetFree(account, options.DevAccountFunds);
        foreach (var netuid in (ushort[])[0, .. options.Netuids.Select(netuid => netuid.Value)])
            AddNetwork(state, netuid, options);
        return BlockBuilder.Close(state, runtime, new byte[32], [], []);
    }

    /// <summary>Adds a subnet with this chain's settings. Alice owns it.</summary>
    public static void AddNetwork(ChainState state, ushort netuid, DevChainOptions options)
    {
        var writer = new SubnetWriter(state, netuid);
        writer.AddNetwork();
        writer.Set("SubnetOwner", DevAccounts.Alice.Bytes.ToArray());
        writer.Set("ServingRateLimit", LittleEndian.U64(options.ServingRateLimit));
        writer.Set("Burn", LittleEndian.U64(options.Burn));
        writer.Set("MaxAllowedUids", LittleEndian.U16(options.MaxAllowedUids));
        writer.Set("MaxRegistrationsPerBlock", LittleEndian.U16(options.MaxRegistrationsPerBlock));
        writer.Set("TargetRegistrationsPerInterval", LittleEndian.U16(options.MaxAllowedUids));
    }
}
