using System.Collections.Immutable;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>The public networks by name.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/settings.py; genesis of finney in opentensor/subtensor's migrations.</remarks>
public static class SubtensorNetworks
{
    /// <summary>The network used when none is named.</summary>
    public const string Default = "finney";

    /// <summary>Environment variable that overrides the endpoint of <c>local</c>.</summary>
    public const string LocalEndpointVariable = "BT_SUBTENSOR_CHAIN_ENDPOINT";

    const string LocalEndpoint = "ws://127.0.0.1:9944";

    static readonly BlockHash Finney = BlockHash.Parse("0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03");
    static readonly BlockHash Test = BlockHash.Parse("0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105");

    /// <summary>Known names, for messages and help texts.</summary>
    public static ImmutableArray<string> Names { get; } = ["finney", "test", "archive", "local", "latent-lite"];

    /// <summary>The endpoints of a network name, in order of preference, or the one of a ws or wss URL.</summary>
    /// <exception cref="FormatException">Neither a known name nor a ws or wss URL.</exception>
    public static ImmutableArray<Uri> Resolve(string nameOrUrl) => Resolve(nameOrUrl, Environment.GetEnvironmentVariable(LocalEndpointVariable));

    /// <summary>As <see cref="Resolve(string)"/>, with the value of <see cref="LocalEndpointVariable"/> given by the caller.</summary>
    /// <exception cref="FormatException">Neither a known name nor a ws or wss URL.</exception>
    public static ImmutableArray<Uri> Resolve(string nameOrUrl, string? localEndpoint)
    {
        ArgumentNullException.ThrowIfNull(nameOrUrl);
        return nameOrUrl switch
        {
            "finney" => Endpoints("wss://entrypoint-finney.opentensor.ai:443", "wss://lite.chain.opentensor.ai:443", "wss://lite.sub.latent.to:443"),
            "test" => Endpoints("wss://test.finney.opentensor.ai:443"),
            "archive" => Endpoints("wss://archive.chain.opentensor.ai:443", "wss://archive.sub.latent.to:443"),
            "latent-lite" => Endpoints("wss://lite.sub.latent.to:443"),
            "local" => [ParseUrl(string.IsNullOrEmpty(localEndpoint) ? LocalEndpoint : localEndpoint)],
            _ => [ParseUrl(nameOrUrl)],
        };
    }

    /// <summary>
    /// The genesis hash every endpoint of a public network must have, also where one of its hosts is given as a URL; null for <c>local</c>
    /// and for other URLs.
    /// </summary>
    public static BlockHash? ExpectedGenesis(string nameOrUrl) => nameOrUrl switch
    {
        "finney" or "archive" or "latent-lite" => Finney,
        "test" => Test,
        "local" => null,
        _ => Uri.TryCreate(nameOrUrl, UriKind.Absolute, out var url) && NetworkOf(url.Host) is { } name ? ExpectedGenesis(name) : null,
    };

    static string? NetworkOf(string host) =>
        Names.FirstOrDefault(name => name != "local" && Resolve(name, null).Any(endpoint => endpoint.Host.Equals(host, StringComparison.OrdinalIgnoreCase)));

    static ImmutableArray<Uri> Endpoints(params ReadOnlySpan<string> urls)
    {
        var endpoints = ImmutableArray.CreateBuilder<Uri>(urls.Length);
        foreach (var url in urls)
            endpoints.Add(new Uri(url));
        return endpoints.MoveToImmutable();
    }

    static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" && url.Host.Length > 0
            ? url
            : throw new FormatException($"'{text}' is no network: give {string.Join(", ", Names)}, or a ws:// or wss:// address.");
}
