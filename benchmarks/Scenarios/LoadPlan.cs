using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>What the load generator is told on its command line.</summary>
sealed record LoadPlan(AxonTarget Target, string CallerUri, int Connections, int Requests)
{
    public string[] ToArguments() =>
    [
        "load", Target.EndPoint.ToString(), Target.Hotkey.ToString(), CallerUri, Connections.ToString(CultureInfo.InvariantCulture),
        Requests.ToString(CultureInfo.InvariantCulture),
    ];

    public static LoadPlan Parse(ReadOnlySpan<string> arguments) =>
        arguments is [var endPoint, var hotkey, var caller, var connections, var requests]
            ? new LoadPlan(
                new AxonTarget(IPEndPoint.Parse(endPoint), Hotkey.Parse(hotkey)),
                caller,
                int.Parse(connections, CultureInfo.InvariantCulture),
                int.Parse(requests, CultureInfo.InvariantCulture))
            : throw new ArgumentException("load IP:PORT AXON-HOTKEY CALLER-URI CONNECTIONS REQUESTS");
}
