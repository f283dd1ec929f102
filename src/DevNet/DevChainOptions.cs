using Bittensor.Subtensor;

namespace DevNet;

/// <summary>How a <see cref="DevChain"/> starts. Everything has a default that suits a test.</summary>
public sealed class DevChainOptions
{
    /// <summary>TCP port on the loopback interface; 0 (default) takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The runtime at genesis. Default: the current one.</summary>
    public DevRuntime Runtime { get; init; } = DevRuntime.Current;

    /// <summary>Time between blocks; null (default): a block is made only by <see cref="DevChain.ProduceBlockAsync"/> and by set-up calls.</summary>
    public TimeSpan? BlockTime { get; init; }

    /// <summary>Where an earlier run of a network with the same settings is taken up; null (default) begins at block 0.</summary>
    public DevNetState? From { get; init; }

    /// <summary>The clock of block times and bans. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many blocks finality is behind the head. Default 1; 0 finalises at once.</summary>
    public int FinalityLag { get; init; } = 1;

    /// <summary>How many blocks keep their state for queries. Default 256, as a lite node.</summary>
    public int StateBlocks { get; init; } = 256;

    /// <summary>The subnets that exist from the start, besides root. Default 1 and 27.</summary>
    public IReadOnlyList<Netuid> Netuids { get; init; } = [new(1), new(27)];

    /// <summary>RAO each dev account starts with. Default one million TAO.</summary>
    public ulong DevAccountFunds { get; init; } = 1_000_000_000_000_000;

    /// <summary>Blocks between two servings of one hotkey, on every subnet. Default 50, the real chain's.</summary>
    public ulong ServingRateLimit { get; init; } = 50;

    /// <summary>RAO a registration costs. Default 0.1 TAO.</summary>
    public ulong Burn { get; init; } = 100_000_000;

    /// <summary>Neurons a subnet can hold. Default 256.</summary>
    public ushort MaxAllowedUids { get; init; } = 256;

    /// <summary>Registrations one block takes per subnet. Default 32, so that a test need not spread them as the real chain's 1 makes it.</summary>
    public ushort MaxRegistrationsPerBlock { get; init; } = 32;
}
