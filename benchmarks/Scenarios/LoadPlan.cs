using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>What the load generator is told on its command line.</summary>
/// <param name="Target">The axon.</param>
/// <param name="CallerUri">The secret URI of the caller's key, of dev accounts only.</param>
/// <param name="Connections">Kept-alive connections.</param>
/// <param name="Depth">Requests under way on each connection at the same time; a dendrite never has more than one.</param>
/// <param name="WarmUp">Requests sent before the measured ones, all connections together.</param>
/// <param name="Requests">Requests measured, all connections together.</param>
sealed record LoadPlan(AxonTarget Target, string CallerUri, int Connections, int Depth, int WarmUp, int Requests)
{
    public const string Usage = "load IP:PORT AXON-HOTKEY CALLER-URI CONNECTIONS DEPTH WARM-UP REQUESTS";

    public string[] ToArguments() =>
    [
        "load", Target.EndPoint.ToString(), Target.Hotkey.ToString(), CallerUri, Text(Connections), Text(Depth), Text(WarmUp), Text(Requests),
    ];

    public static LoadPlan Parse(ReadOnlySpan<string> arguments) =>
        arguments is [var endPoint, var hotkey, var caller, var connections, var depth, var warmUp, var requests]
            ? new LoadPlan(
                new AxonTarget(IPEndPoint.Parse(endPoint), Hotkey.Parse(hotkey)), caller,
                Number(connections), Number(depth), Number(warmUp), Number(requests))
            : throw new ArgumentException(Usage);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
