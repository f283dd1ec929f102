using System.Text.Json;

namespace Bittensor.Substrate.Rpc;

/// <summary>
/// Notifications whose subscription id is not known yet: a server may send the first one before the reply that carries the id.
/// Bounded, because an id may also be of a subscription that nobody waits for any more.
/// </summary>
sealed class EarlyNotifications
{
    const int MaximumCount = 64;
    const int MaximumBytes = 4 * 1024 * 1024;

    readonly LinkedList<(string Id, JsonElement Result, int Bytes)> _waiting = new();
    int _bytes;

    public void Add(string id, JsonElement result, int bytes)
    {
        _waiting.AddLast((id, result, bytes));
        _bytes += bytes;
        while (_waiting.Count > MaximumCount || _bytes > MaximumBytes)
            Remove(_waiting.First!);
    }

    /// <summary>Removes and returns those of one subscription, oldest first.</summary>
    public List<JsonElement> Take(string id)
    {
        var taken = new List<JsonElement>();
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Id == id)
            {
                taken.Add(node.Value.Result);
                Remove(node);
            }
            node = next;
        }
        return taken;
    }

    void Remove(LinkedListNode<(string Id, JsonElement Result, int Bytes)> node)
    {
        _bytes -= node.Value.Bytes;
        _waiting.Remove(node);
    }
}
