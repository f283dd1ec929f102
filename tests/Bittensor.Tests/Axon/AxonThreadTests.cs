using Bittensor.Compute;

namespace Bittensor.Tests.Axon;

/// <summary>Few threads serve all connections: nothing that blocks may do so on one of them.</summary>
public class AxonThreadTests
{
    /// <summary>More than there are threads for connections: each has some of them.</summary>
    const int Connections = 16;

    [Fact]
    public async Task Invoke_HandlerBlocksItsThread_EveryOtherConnectionIsServed()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var axon = await TestAxon.StartAsync(
            null,
            [
                new ScriptedEndpoint<AllocateSynapse>(
                    (_, _, cancellation) =>
                    {
                        entered.TrySetResult();
                        release.Wait(cancellation);
                        return Task.CompletedTask;
                    },
                    tryAnswer: synapse => synapse.Checking),
            ],
            null);
        using var dendrite = axon.Dendrite();
        using var blocked = await axon.ConnectAsync();
        // From its second request on a connection is surely served where all are.
        await blocked.SendAsync(axon.AllocateText());
        Assert.Equal(200, (await blocked.ReceiveAsync()).Status);
        await blocked.SendAsync(dendrite.Build(axon.Target, new AllocateSynapse { Checking = false }, TimeSpan.FromSeconds(60)).ToWire());
        await entered.Task;

        for (var i = 0; i < Connections; i++)
        {
            using var other = await axon.ConnectAsync();
            for (var request = 0; request < 2; request++)
            {
                await other.SendAsync(axon.AllocateText());
                Assert.Equal(200, (await other.ReceiveAsync()).Status);
            }
        }

        release.Set();
        Assert.Equal(200, (await blocked.ReceiveAsync()).Status);
    }
}
