using System.Text.Json;

namespace DevNet.Rpc;

/// <summary>How methods open and close subscriptions.</summary>
static class Subscriptions
{
    /// <summary>
    /// Answers the call with a new subscription's id. <paramref name="start"/> gets a function that sends one notification, and returns
    /// what ends the subscription; it runs after the reply is on its way.
    /// </summary>
    public static void Open(RpcCall call, string notification, Func<Action<Action<Utf8JsonWriter>>, Action> start)
    {
        var session = call.Session;
        Action? stop = null;
        var id = session.Subscribe(() => stop?.Invoke());
        call.Result.WriteStringValue(id);
        call.AfterReply.Add(() => stop = start(result => session.Notify(notification, id, result)));
    }

    /// <summary>Ends the subscription that the first parameter names, and answers whether there was one.</summary>
    public static void Close(RpcCall call)
    {
        var id = call.Get(0);
        call.Result.WriteBooleanValue(call.Session.Unsubscribe(id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText()));
    }
}
