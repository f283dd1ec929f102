namespace DevNet;

/// <summary>How a <see cref="DevRegistry"/> starts. Everything has a default that suits a test.</summary>
public sealed class DevRegistryOptions
{
    /// <summary>TCP port on the loopback interface; 0 (default) takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Where an earlier run of a network is taken up; null (default) begins without runs.</summary>
    public DevNetState? From { get; init; }

    /// <summary>The clock of heartbeats, creation times and rate limits. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The team that owns the project. Default: subnet 27's.</summary>
    public string Entity { get; init; } = "neuralinternet";

    /// <summary>The project. Default: subnet 27's.</summary>
    public string Project { get; init; } = "opencompute";

    /// <summary>Who may log in. Default: one account, <see cref="DevRegistryAccount.Default"/>.</summary>
    public IReadOnlyList<DevRegistryAccount> Accounts { get; init; } = [DevRegistryAccount.Default];

    /// <summary>Requests the project takes in each <see cref="RateWindow"/>; null (default): no limit.</summary>
    public int? RateLimit { get; init; }

    /// <summary>How long a window of the rate limit is. Default one minute.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(1);
}
