using ComputeMiner.Containers.Egress;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>What stands around a container besides its own profile.</summary>
sealed partial class DockerEngine
{
    readonly EngineNamespace _host;
    readonly EgressGuard _egress;
    volatile BridgeNetwork? _network;

    /// <summary>How they stand, from memory.</summary>
    public IReadOnlyList<SafeguardState> Safeguards => [_egress.Current, _disks.Current];

    /// <summary>Looks whether they could hold on this machine; changes nothing.</summary>
    public async Task<IReadOnlyList<SafeguardState>> ExamineSafeguardsAsync(CancellationToken cancellation) =>
        [await _egress.ExamineAsync(cancellation), await _disks.ExamineAsync(cancellation)];

    /// <summary>Looks at the rules around the containers' network and mends them.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="patience">How long the engine may take to say which network that is; by default as long as for any other request.</param>
    /// <exception cref="ContainerEngineException">The rules are required and cannot be set, or the engine failed.</exception>
    public async Task GuardAsync(CancellationToken cancellation, TimeSpan? patience = null)
    {
        _disks.Look();
        // The rules are the kernel's, and containers go on without the engine: one that hangs or is gone keeps no rule from coming back.
        var known = _host.IsReachable ? _network : null;
        if (known is not null)
            await _egress.EnsureAsync(known, cancellation);
        _network = await DockerErrors.GuardAsync(
            _options.Endpoint, $"find the network {_options.Network}", patience ?? _options.EngineTimeout, _time, _site.FindNetworkAsync, cancellation);
        if (_network is null)
            await _egress.RemoveAsync(cancellation);
        else if (_network != known)
            await _egress.EnsureAsync(_network, cancellation);
    }

    /// <summary>Completes at the engine's next word about networks, or about itself.</summary>
    public async Task WaitForNetworkEventAsync(CancellationToken cancellation)
    {
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var parameters = new ContainerEventsParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = new Dictionary<string, bool> { ["network"] = true, ["daemon"] = true },
            },
        };
        try
        {
            await _docker.System.MonitorEventsAsync(parameters, new FirstEvent(heard), heard.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Heard.
        }
    }

    /// <summary>Takes away the network, if it is this miner's, and its rules.</summary>
    /// <exception cref="ContainerEngineException">The engine failed, or containers are still on the network.</exception>
    public async Task RemoveNetworkAsync(CancellationToken cancellation)
    {
        await _site.RemoveNetworkAsync(cancellation);
        if (await _site.FindNetworkAsync(cancellation) is not null)
            // Another miner's network keeps its rules.
            return;
        await _egress.RemoveAsync(cancellation);
        _network = null;
    }

    sealed class FirstEvent(CancellationTokenSource heard) : IProgress<Message>
    {
        public void Report(Message value) => heard.Cancel();
    }
}
