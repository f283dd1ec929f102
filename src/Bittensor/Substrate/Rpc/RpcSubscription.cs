using System.Text.Json;
using System.Threading.Channels;

namespace Bittensor.Substrate.Rpc;

/// <summary>
/// The notifications of one subscription, oldest first. The channel ends with a <see cref="SubstrateException"/> when the connection
/// does. A reader that falls far behind loses the oldest.
/// </summary>
sealed class RpcSubscription(RpcConnection connection, string unsubscribeMethod) : IAsyncDisposable
{
    const int Capacity = 256;

    readonly Channel<JsonElement> _notifications = Channel.CreateBounded<JsonElement>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The id the server gave it; empty until its reply came.</summary>
    public string Id { get; private set; } = "";

    public ChannelReader<JsonElement> Notifications => _notifications.Reader;

    internal void Open(string id) => Id = id;

    internal void Deliver(JsonElement notification) => _notifications.Writer.TryWrite(notification);

    internal void End(SubstrateException fault) => _notifications.Writer.TryComplete(fault);

    /// <summary>Tells the server, if it is still there; its answer changes nothing.</summary>
    public ValueTask DisposeAsync()
    {
        _notifications.Writer.TryComplete();
        connection.Unsubscribe(this, unsubscribeMethod);
        return ValueTask.CompletedTask;
    }
}
