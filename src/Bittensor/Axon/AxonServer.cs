using System.Net;
using System.Net.Sockets;
using Bittensor.Axon.Transport;
using Bittensor.Keys;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bittensor.Axon;

/// <summary>
/// An axon: Kestrel with the limits of <see cref="AxonOptions"/> and nothing between it and the <see cref="AxonPipeline"/>. A
/// server of its own, so that no other page of the miner shares its port, its limits or its connections.
/// </summary>
public sealed partial class AxonServer : IAsyncDisposable
{
    /// <summary>As many serve 40,000 checks a second; the machine's other processors are for who rents it.</summary>
    const int MostLoops = 4;

    readonly KestrelServer _server;
    readonly ConnectionShares _shares;
    readonly ILogger _logger;

    /// <param name="options">Address and limits.</param>
    /// <param name="hotkey">The miner's own hotkey: requests must be signed for it.</param>
    /// <param name="admission">Who may call.</param>
    /// <param name="endpoints">The synapses that are served, besides the ping.</param>
    /// <param name="time">The clock of nonces and deadlines.</param>
    /// <param name="loggers">Where the axon logs.</param>
    public AxonServer(
        AxonOptions options, Hotkey hotkey, IAxonAdmission admission, IEnumerable<AxonEndpoint> endpoints, TimeProvider time,
        ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = loggers.CreateLogger<AxonServer>();
        Pipeline = new AxonPipeline(options, hotkey, admission, endpoints, time, loggers.CreateLogger<AxonPipeline>());
        _shares = new ConnectionShares(options, time);
        IConnectionListenerFactory transport = OperatingSystem.IsLinux()
            ? new LoopTransport(_logger, Math.Min(Environment.ProcessorCount, MostLoops))
            : new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(Limit(options, _shares)), transport, loggers);
    }

    /// <summary>The steps, with their counters.</summary>
    public AxonPipeline Pipeline { get; }

    /// <summary>Where the axon listens, once started; with the port that was taken when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Open connections now.</summary>
    public int Connections => _shares.Total;

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">The port is taken or may not be used.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Pipeline.Keeper.Start();
        await _server.StartAsync(new AxonHttpApplication(Pipeline), cancellation);
        var address = new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        EndPoint = new IPEndPoint(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port);
        Log.Listening(_logger, EndPoint, EndPoint.Address.Equals(IPAddress.IPv6Any) ? "IPv4 and IPv6" : EndPoint.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6");
    }

    /// <summary>Takes no more requests, and waits for those that run until the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _server.StopAsync(cancellation);
        await Pipeline.Keeper.DisposeAsync();
        Log.Stopped(_logger, EndPoint);
    }

    /// <summary>Closes what is still open.</summary>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return Pipeline.Keeper.DisposeAsync();
    }

    static KestrelServerOptions Limit(AxonOptions options, ConnectionShares shares)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false, AllowResponseHeaderCompression = false };
        var limits = kestrel.Limits;
        // The shares decide who goes; this is the last bound, while those who make room are still closing.
        limits.MaxConcurrentConnections = 2 * options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestHeadersTotalSize = options.HeadLimit;
        limits.MaxRequestLineSize = Math.Min(options.HeadLimit, 8 * 1024);
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBodySize = options.BodyLimit;
        // What is taken in of a request that nobody has looked at yet; the body's reader takes the rest piece by piece.
        limits.MaxRequestBufferSize = Math.Max(options.HeadLimit, 64 * 1024);
        limits.RequestHeadersTimeout = options.HeadTimeout;
        limits.KeepAliveTimeout = options.KeepAlive;
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBodyRate, options.BodyGrace);
        if (options.Address is { } address)
            kestrel.Listen(address, options.Port, Guard);
        else if (Socket.OSSupportsIPv6)
            kestrel.ListenAnyIP(options.Port, Guard); // One socket for both families.
        else
            kestrel.Listen(IPAddress.Any, options.Port, Guard);
        return kestrel;

        void Guard(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(shares.Guard);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1002, LogLevel.Information, "The axon listens at {EndPoint}, {Families}")]
        public static partial void Listening(ILogger logger, IPEndPoint endPoint, string families);

        [LoggerMessage(1003, LogLevel.Information, "The axon at {EndPoint} has stopped")]
        public static partial void Stopped(ILogger logger, IPEndPoint endPoint);
    }
}
