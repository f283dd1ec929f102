using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Axon;

/// <summary>A real axon on a loopback port, its clock at the vectors' time, with the vectors' keys.</summary>
sealed class TestAxon : IAsyncDisposable
{
    /// <summary>1760000000 seconds, the clock of the recorded requests.</summary>
    public static readonly DateTimeOffset VectorTime = DateTimeOffset.UnixEpoch.AddSeconds(1_760_000_000);

    readonly AxonServer _server;

    TestAxon(AxonOptions options, IReadOnlyList<AxonEndpoint> endpoints, DateTimeOffset? from)
    {
        Time = new(from ?? VectorTime);
        _server = new AxonServer(options, Miner.Hotkey, Admission, endpoints, Time, Logs);
    }

    public static Keypair Miner { get; } = Key(0x22);

    public static Keypair Validator { get; } = Key(0x11);

    public static Keypair Other { get; } = Key(0x33);

    public FakeTimeProvider Time { get; }

    public ScriptedAdmission Admission { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public AxonPipeline Pipeline => _server.Pipeline;

    public AxonTarget Target => TargetAt(IPAddress.Loopback);

    /// <summary>Callers as the handlers saw them.</summary>
    public ConcurrentQueue<AxonCaller> Handled { get; } = new();

    public static Keypair Key(byte seed)
    {
        Span<byte> mini = stackalloc byte[Keypair.MiniSecretLength];
        mini.Fill(seed);
        return Keypair.FromMiniSecret(mini);
    }

    /// <summary>Serves Allocate with status true and port 4444, as the recorder of the vectors did, and an unchanged Challenge.</summary>
    public static Task<TestAxon> StartAsync(Action<AxonOptions>? configure = null, DateTimeOffset? from = null)
    {
        TestAxon? axon = null;
        return StartAsync(
            configure,
            [
                new ScriptedEndpoint<AllocateSynapse>((synapse, caller, _) =>
                {
                    axon!.Handled.Enqueue(caller);
                    synapse.Output = new AllocateOutput { Status = true, Port = 4444 };
                    return Task.CompletedTask;
                }),
                new ScriptedEndpoint<ChallengeSynapse>((_, caller, _) =>
                {
                    axon!.Handled.Enqueue(caller);
                    return Task.CompletedTask;
                }),
            ],
            created => axon = created,
            from);
    }

    public static Task<TestAxon> StartAsync(Func<AllocateSynapse, AxonCaller, CancellationToken, Task> allocate, Action<AxonOptions>? configure = null) =>
        StartAsync(configure, [new ScriptedEndpoint<AllocateSynapse>(allocate)], null);

    public static async Task<TestAxon> StartAsync(
        Action<AxonOptions>? configure, IReadOnlyList<AxonEndpoint> endpoints, Action<TestAxon>? created, DateTimeOffset? from = null)
    {
        var options = new AxonOptions { Address = IPAddress.Loopback, Port = 0 };
        configure?.Invoke(options);
        var axon = new TestAxon(options, endpoints, from);
        created?.Invoke(axon);
        await axon._server.StartAsync(TestContext.Current.CancellationToken);
        return axon;
    }

    public int Connections => _server.Connections;

    public IPEndPoint EndPoint => _server.EndPoint;

    public AxonTarget TargetAt(IPAddress address) => new(new IPEndPoint(address, _server.EndPoint.Port), Miner.Hotkey);

    /// <summary>Connects, from another address of this machine where one is given.</summary>
    public Task<RawConnection> ConnectAsync(string from = "127.0.0.1")
    {
        var address = IPAddress.Parse(from);
        var loopback = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        return RawConnection.OpenAsync(TargetAt(loopback).EndPoint, address);
    }

    /// <summary>True when a new connection is ended unasked. The end may come before the connecting call is back.</summary>
    public async Task<bool> TurnsAwayAsync(string from = "127.0.0.1")
    {
        try
        {
            using var connection = await ConnectAsync(from);
            return await connection.IsClosedAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public DendriteClient Dendrite(Keypair? key = null) => new(key ?? Validator, new DendriteOptions(), Time);

    /// <summary>A signed Allocate check as text for the wire.</summary>
    public string AllocateText(Action<DendriteRequest>? change = null)
    {
        using var dendrite = Dendrite();
        var request = dendrite.Build(Target, new AllocateSynapse(), TimeSpan.FromSeconds(15));
        change?.Invoke(request);
        return request.ToWire();
    }

    /// <summary>A signed Allocate check of another caller.</summary>
    public string SignedBy(Keypair caller)
    {
        using var dendrite = Dendrite(caller);
        return dendrite.Build(Target, new AllocateSynapse(), TimeSpan.FromSeconds(15)).ToWire();
    }

    public async Task<RawResponse> ExchangeAsync(string request, string from = "127.0.0.1")
    {
        using var connection = await ConnectAsync(from);
        await connection.SendAsync(request);
        return await connection.ReceiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        Logs.Dispose();
    }
}
