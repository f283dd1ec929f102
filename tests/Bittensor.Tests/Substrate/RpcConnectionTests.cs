using System.Text.Json;
using Bittensor.Substrate;
using Bittensor.Substrate.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Substrate;

public class RpcConnectionTests
{
    static readonly SubstrateOptions Options = new() { MaximumMessageBytes = 100_000 };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CallAsync_RepliesOutOfOrder_ReachTheirCallers()
    {
        JsonElement? first = null;
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            if (first is null)
                first = request;
            else
            {
                await peer.ReplyAsync(request, "second");
                await peer.ReplyAsync(first.Value, "first");
            }
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        var one = rpc.CallAsync("one", null, Cancellation);
        var two = rpc.CallAsync("two", null, Cancellation);

        var replies = ((await one).GetString(), (await two).GetString());
        Assert.Equal(node.Methods.First() == "one" ? ("first", "second") : ("second", "first"), replies);
    }

    [Fact]
    public async Task SubscribeAsync_NotificationsBeforeTheId_AreHandedOver()
    {
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            await peer.NotifyAsync("state_storage", "abc", 1);
            await peer.NotifyAsync("state_storage", "other", 99);
            await peer.NotifyAsync("state_storage", "abc", 2);
            await peer.ReplyAsync(request, "abc");
            await peer.NotifyAsync("state_storage", "abc", 3);
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        await using var subscription = await rpc.SubscribeAsync("state_subscribeStorage", "state_unsubscribeStorage", null, Cancellation);

        for (var expected = 1; expected <= 3; expected++)
            Assert.Equal(expected, (await subscription.Notifications.ReadAsync(Cancellation)).GetInt32());
    }

    [Fact]
    public async Task CallAsync_GarbageAndFragmentsBefore_IsAnsweredAllTheSame()
    {
        var large = new string('x', 50_000);
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            await peer.SendAsync("this is no json {");
            await peer.SendAsync("[]");
            await peer.SendAsync("[1,null,{\"id\":\"nobody\"}]");
            await peer.SendAsync("{\"method\":\"x\",\"params\":{\"subscription\":\"\\ud800\",\"result\":1}}");
            await peer.SendAsync("{\"id\":99999,\"result\":1}");
            await peer.SendAsync(ScriptedPeer.Reply(request, large), fragment: 777);
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        Assert.Equal(large, (await rpc.CallAsync("any", null, Cancellation)).GetString());
    }

    [Theory]
    [InlineData("\"\\ud800\"", "null")]
    [InlineData("\"Invalid Transaction\"", "\"\\udc00\"")]
    public async Task CallAsync_RefusalWithHalfACharacter_IsARefusalAtOnce(string message, string data)
    {
        await using var node = await ScriptedNode.StartAsync((peer, request) => peer.SendAsync(
            $"{{\"id\":{request.GetProperty("id").GetInt64()},\"error\":{{\"code\":1010,\"message\":{message},\"data\":{data}}}}}"));
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, new FakeTimeProvider(), Cancellation);

        var fault = await Assert.ThrowsAsync<SubstrateException>(
            () => rpc.CallAsync("any", null, Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation));

        Assert.Equal(1010, fault.Code);
        Assert.False(rpc.HasEnded);
    }

    [Fact]
    public async Task CallAsync_BatchOfReplies_IsRead()
    {
        await using var node = await ScriptedNode.StartAsync((peer, request) => peer.SendAsync($"[{ScriptedPeer.Reply(request, 5)}]"));
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        Assert.Equal(5, (await rpc.CallAsync("any", null, Cancellation)).GetInt32());
    }

    [Fact]
    public async Task CallAsync_MessageOverTheCap_EndsTheConnection()
    {
        await using var node = await ScriptedNode.StartAsync((peer, request) => peer.ReplyAsync(request, new string('x', 100_001)));
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => rpc.CallAsync("any", null, Cancellation));

        Assert.True(fault.IsTransient);
        Assert.Contains("100000 bytes", fault.Message);
        Assert.True(rpc.HasEnded);
    }

    [Fact]
    public async Task CallAsync_ErrorAnswer_HasCodeAndData()
    {
        await using var node = await ScriptedNode.StartAsync((peer, request) => peer.ErrorAsync(request, 1010, "Invalid Transaction", "Custom error: 12"));
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => rpc.CallAsync("author_submitExtrinsic", null, Cancellation));

        Assert.Equal((1010, "Custom error: 12", false), (fault.Code, fault.ErrorData, fault.IsTransient));
        Assert.False(rpc.HasEnded);
    }

    [Fact]
    public async Task CallAsync_NoAnswerInTime_EndsTheConnection()
    {
        var asked = new TaskCompletionSource();
        await using var node = await ScriptedNode.StartAsync((_, _) =>
        {
            asked.SetResult();
            return Task.CompletedTask;
        });
        var time = new FakeTimeProvider();
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, time, Cancellation);
        var call = rpc.CallAsync("any", null, Cancellation);
        await asked.Task;
        while (!call.IsCompleted)
        {
            time.Advance(Options.RequestTimeout);
            await Task.Yield();
        }

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => call);

        Assert.Contains("did not answer any", fault.Message);
        Assert.True(rpc.HasEnded);
    }

    [Fact]
    public async Task SubscribeAsync_SocketCut_EndsTheChannelWithTheReason()
    {
        await using var node = await ScriptedNode.StartAsync((peer, request) => peer.ReplyAsync(request, 7));
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation);
        await using var subscription = await rpc.SubscribeAsync("chain_subscribeNewHeads", "chain_unsubscribeNewHeads", null, Cancellation);
        Assert.Equal("7", subscription.Id);

        node.CutAll();

        var fault = await Assert.ThrowsAnyAsync<Exception>(async () => await subscription.Notifications.ReadAsync(Cancellation));
        Assert.True((fault.InnerException ?? fault) is SubstrateException { IsTransient: true });
    }

    [Fact]
    public async Task ConnectAsync_HttpRefusal_SaysTheStatus()
    {
        await using var node = await ScriptedNode.StartAsync((_, _) => Task.CompletedTask);
        node.Refusal = 429;

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => RpcConnection.ConnectAsync(node.Endpoint, Options, TimeProvider.System, Cancellation));

        Assert.Contains("HTTP 429", fault.Message);
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_SaysWhere()
    {
        var endpoint = new Uri("ws://127.0.0.1:1");

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => RpcConnection.ConnectAsync(endpoint, Options, TimeProvider.System, Cancellation));

        Assert.True(fault.IsTransient);
        Assert.Contains("ws://127.0.0.1:1", fault.Message);
    }

    [Fact]
    public async Task ConnectAsync_TlsOverAPlainPort_SaysTls()
    {
        await using var node = await ScriptedNode.StartAsync((_, _) => Task.CompletedTask);
        var endpoint = new UriBuilder(node.Endpoint) { Scheme = "wss" }.Uri;

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => RpcConnection.ConnectAsync(endpoint, Options, TimeProvider.System, Cancellation));

        Assert.Contains("TLS", fault.Message);
    }
}
