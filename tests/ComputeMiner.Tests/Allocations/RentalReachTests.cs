using System.Net;
using System.Net.Sockets;
using System.Text;
using ComputeMiner.Allocations;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Allocations;

/// <summary>A rental whose container runs, and a port on which SSH answers or not.</summary>
public sealed class RentalReachTests : IAsyncLifetime
{
    readonly SimulatedMachine _machine = new();
    readonly RecordedLogs _logs = new();
    readonly ushort _port = FreePort.Next();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _machine.ReadyAsync();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task Look_PortIsSilent_IsSaidAfterThreeAndTakenBack()
    {
        using var reach = new RentalReach(_machine.Allocator, _port, _machine.Time, new Logger<RentalReach>(_logs));
        await RentAsync();
        for (var look = 1; look <= RentalReach.MostMisses; look++)
        {
            Assert.False(reach.IsLost);
            await reach.LookAsync(Cancellation);
        }
        Assert.True(reach.IsLost);
        Assert.Contains($"port {_port}", reach.Detail, StringComparison.Ordinal);
        await reach.LookAsync(Cancellation);
        Assert.Equal(1, _logs.Count(2080));
        Assert.True(_machine.Allocator.Holds(Renter.Alice.Key));

        using var server = Greet();
        await reach.LookAsync(Cancellation);

        Assert.False(reach.IsLost);
        Assert.Equal(1, _logs.Count(2081));
    }

    [Fact]
    public async Task Look_NobodyHasTheMachineOrItIsPaused_SaysNothing()
    {
        using var reach = new RentalReach(_machine.Allocator, _port, _machine.Time, new Logger<RentalReach>(_logs));
        for (var look = 0; look <= RentalReach.MostMisses; look++)
            await reach.LookAsync(Cancellation);
        await RentAsync();
        Assert.True(await _machine.Allocator.PauseAsync(Renter.Alice.Key, Renter.Alice.Hotkey, Cancellation));
        for (var look = 0; look <= RentalReach.MostMisses; look++)
            await reach.LookAsync(Cancellation);

        Assert.False(reach.IsLost);
        Assert.Empty(_logs.Lines);
    }

    async Task RentAsync() => Assert.NotNull((await _machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), Cancellation)).Access);

    TcpListener Greet()
    {
        var server = new TcpListener(IPAddress.Loopback, _port);
        server.Start();
        _ = Task.Run(async () =>
        {
            using var caller = await server.AcceptTcpClientAsync(Cancellation);
            await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes("SSH-2.0-test\r\n"), Cancellation);
        }, Cancellation);
        return server;
    }
}
