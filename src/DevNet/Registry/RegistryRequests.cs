using System.Text;
using System.Text.Json.Nodes;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>Answers requests from the store, and remembers them.</summary>
sealed class RegistryRequests(RunStore store, DevRegistryOptions options, DevRegistryFaults faults)
{
    const int Remembered = 10_000;

    /// <summary>Characters of all bodies that are remembered.</summary>
    const long RememberedText = 128 << 20;

    readonly RequestLimit _limit = new(options);
    readonly List<DevRegistryAccount> _accounts = [.. options.Accounts];
    readonly Queue<DevRegistryRequest> _seen = [];
    long _text;

    public IReadOnlyList<DevRegistryRequest> Seen
    {
        get
        {
            lock (store.Gate)
                return [.. _seen];
        }
    }

    public void Revoke(string username)
    {
        lock (store.Gate)
            _accounts.RemoveAll(a => a.Username == username);
    }

    public void Admit(DevRegistryAccount account)
    {
        lock (store.Gate)
            _accounts.Add(account);
    }

    /// <summary>Says what shall go wrong with a request, and remembers it: whoever sees it there knows that this is settled.</summary>
    public (DevRegistryFault? Fault, Task Cleared) Note(RegistryCall call, string authorization, string userAgent, string body)
    {
        var fate = faults.Take(call.Operation);
        lock (store.Gate)
        {
            _text += body.Length;
            while (_seen.Count == Remembered || (_text > RememberedText && _seen.Count > 0))
                _text -= _seen.Dequeue().Body.Length;
            _seen.Enqueue(new DevRegistryRequest(options.Time.GetUtcNow(), call.Operation, Find(authorization)?.Username, userAgent, body));
        }
        return fate;
    }

    /// <returns>The status, the body, and how long a caller who came too often shall wait.</returns>
    public (int Status, JsonObject Body, TimeSpan? Wait) Answer(RegistryCall call, string authorization)
    {
        if (_limit.Take() is { } wait)
            return (429, new JsonObject { ["error"] = "rate limit exceeded" }, wait);
        lock (store.Gate)
        {
            try
            {
                if (call.Fault is not null)
                    throw call.Fault;
                var account = Find(authorization);
                if (authorization.Length > 0 && account is null)
                    throw new GraphqlException(401, "user is not logged in", "PERMISSION_ERROR");
                store.Sweep();
                return (200, call.Operation == DevRegistryOperation.FileStream ? Post(call, account) : Query(call, account), null);
            }
            catch (GraphqlException fault)
            {
                return (fault.Status, Error(call, fault), null);
            }
            catch (Exception fault) when (fault is InvalidOperationException or FormatException or ArgumentException)
            {
                // A JSON value of another type than the schema's, or a name twice in an object.
                return (400, Error(call, new GraphqlException(400, fault.Message)), null);
            }
        }
    }

    JsonObject Query(RegistryCall call, DevRegistryAccount? account)
    {
        var schema = new RegistrySchema(store, account);
        return new JsonObject { ["data"] = (call.IsMutation ? schema.Mutation() : schema.Query()).Select(call.Fields) };
    }

    JsonObject Post(RegistryCall call, DevRegistryAccount? account) =>
        FileStream.Post(store, account, call.Path[0], call.Path[1], call.Path[2], call.Post);

    /// <summary>The service's own shape: a GraphQL body under a status that is not 200.</summary>
    static JsonObject Error(RegistryCall call, GraphqlException fault)
    {
        var error = new JsonObject { ["message"] = fault.Message };
        var data = new JsonObject();
        if (call.Fields is [var field, ..])
        {
            error["path"] = new JsonArray(field.Alias);
            data[field.Alias] = null;
        }
        if (fault.Code is { } code)
            error["extensions"] = new JsonObject { ["code"] = code };
        return new JsonObject { ["errors"] = new JsonArray(error), ["data"] = data };
    }

    /// <summary>HTTP Basic with the user name <c>api</c> and the key as password.</summary>
    DevRegistryAccount? Find(string authorization)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.Ordinal))
            return null;
        var decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..], decoded, out var length))
            return null;
        var parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return parts is ["api", var key] ? _accounts.Find(a => a.Key == key) : null;
    }
}
