using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using DevNet.Registry;
using DevNet.Saved;

namespace DevNet;

/// <summary>
/// The public registry of a subnet (Weights &amp; Biases) in memory: the service's GraphQL subset and file streams over real HTTP, with
/// accounts, ownership, run states by heartbeat, ids that stay burnt, and each of its error answers on demand.
/// </summary>
public sealed class DevRegistry : IAsyncDisposable
{
    readonly RunStore _store;
    readonly RegistryRequests _requests;
    readonly DevRegistryOptions _options;
    RegistryServer? _server;

    DevRegistry(RunStore store, RegistryRequests requests, DevRegistryOptions options, DevRegistryFaults faults, RegistryServer server) =>
        (_store, _requests, _options, Faults, _server, Endpoint) = (store, requests, options, faults, server, server.Endpoint);

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:9955/</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>What can go wrong, on demand.</summary>
    public DevRegistryFaults Faults { get; }

    /// <summary>The last requests, oldest first, answered or not.</summary>
    public IReadOnlyList<DevRegistryRequest> Requests => _requests.Seen;

    /// <summary>The runs of the project as they are now, oldest first.</summary>
    public IReadOnlyList<DevRegistryRun> Runs
    {
        get
        {
            lock (_store.Gate)
            {
                _store.Sweep();
                return [.. Project.Runs.Select(Snapshot)];
            }
        }
    }

    ProjectRecord Project => _store.Find(_options.Entity, _options.Project)!;

    /// <summary>Starts the registry and its server.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<DevRegistry> StartAsync(DevRegistryOptions options, CancellationToken cancellation = default)
    {
        var (store, faults) = (new RunStore(options), new DevRegistryFaults());
        var requests = new RegistryRequests(store, options, faults);
        return new(store, requests, options, faults, await RegistryServer.StartAsync(options.Port, requests, cancellation));
    }

    /// <summary>Puts a run there as a client of <paramref name="owner"/> would, or replaces its configuration.</summary>
    /// <param name="owner">The account's name; it need not exist.</param>
    /// <param name="name">The run's id.</param>
    /// <param name="displayName">Its label.</param>
    /// <param name="config">Its stored configuration; taken as it is, so that it may be anything.</param>
    public void Put(string owner, string name, string displayName, string config)
    {
        lock (_store.Gate)
        {
            var run = Project.Find(name) ?? _store.Create(Project, name, owner);
            run.DisplayName = displayName;
            run.Config = config;
            _store.Beat(run);
        }
    }

    /// <summary>Puts a validator's signed run there with the hotkeys it says are allocated, as the subnet's validators do.</summary>
    public void PutValidator(Keypair validator, string name, ushort netuid, params IEnumerable<Hotkey> allocated)
    {
        var signature = validator.Sign(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var config = new JsonObject
        {
            ["role"] = Wrapped("validator"),
            ["hotkey"] = Wrapped(validator.Hotkey.ToString()),
            ["config"] = Wrapped(new JsonObject { ["netuid"] = netuid }),
            ["version"] = Wrapped(190),
            ["signature"] = Wrapped(Convert.ToHexStringLower(signature)),
            ["allocated_hotkeys"] = Wrapped(new JsonArray([.. allocated.Select(JsonNode? (h) => h.ToString())])),
            ["_wandb"] = Wrapped(new JsonObject { ["t"] = new JsonObject { ["5"] = "0.19.0" }, ["m"] = new JsonArray() }),
        };
        Put("validator", name, $"validator-{validator.Hotkey}", config.ToJsonString());

        static JsonObject Wrapped(JsonNode value) => new() { ["value"] = value };
    }

    /// <summary>Deletes a run as its owner or the service could; its id stays burnt.</summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public void Delete(string name)
    {
        lock (_store.Gate)
            RunStore.Delete(Project.Find(name) ?? throw new ArgumentException($"There is no run {name}.", nameof(name)));
    }

    /// <summary>An account's key stops working.</summary>
    public void Revoke(string username) => _requests.Revoke(username);

    /// <summary>A key starts working.</summary>
    public void Admit(DevRegistryAccount account) => _requests.Admit(account);

    /// <summary>Stops listening and closes every connection; what is stored stays.</summary>
    public async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
            await server.DisposeAsync();
    }

    /// <summary>Listens again, on the same port.</summary>
    /// <exception cref="IOException">Another program has taken the port.</exception>
    public async Task ResumeListeningAsync(CancellationToken cancellation = default) =>
        _server ??= await RegistryServer.StartAsync(Endpoint.Port, _requests, cancellation);

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await StopListeningAsync();
    }

    internal SavedRegistry Save()
    {
        lock (_store.Gate)
            return _store.Save();
    }

    static DevRegistryRun Snapshot(RunRecord run) => new(
        run.Name, run.DisplayName, run.Owner, run.State.ToString().ToLowerInvariant(), run.Config, run.Summary, [.. run.History],
        run.CreatedAt, run.HeartbeatAt);
}
