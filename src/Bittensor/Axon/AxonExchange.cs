using System.Net;
using Bittensor.Synapses;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>One request on its way through the pipeline.</summary>
sealed class AxonExchange(HttpContext context, TimeProvider time)
{
    public HttpContext Context { get; } = context;

    public DateTimeOffset ReceivedAt { get; } = time.GetUtcNow();

    /// <summary>Seconds since the request was received.</summary>
    public double Elapsed => time.GetElapsedTime(_started).TotalSeconds;

    public IPAddress Address { get; } = CallerAddress.Plain(context.Connection.RemoteIpAddress);

    /// <summary>Null until step 2 has found it.</summary>
    public AxonRoute? Route { get; set; }

    public SynapseHeaders Headers { get; set; }

    public AxonCaller Caller { get; set; }

    readonly long _started = time.GetTimestamp();
}
