using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// Our run, found or made, and what has been sent to it. Which run is ours is decided by the account that made it and the signature in
/// it, never by its label: anybody may give a run any label.
/// </summary>
sealed class RegistrySession
{
    /// <summary>More pages than anybody needs who does not hide our run among runs with its label.</summary>
    const int MostPages = 10;

    static readonly string[] Watched = ["hotkey", "role", "allocated", "signature"];

    readonly RegistryApi _api;
    readonly RegistryOutbox _outbox;
    readonly Keypair _hotkey;
    JsonObject? _stored;
    string? _storageId;
    string? _sent;

    RegistrySession(RegistryApi api, RegistryOutbox outbox, Keypair hotkey, RegistryRunStatus? status)
    {
        (_api, _outbox, _hotkey) = (api, outbox, hotkey);
        _stored = status is null ? null : LenientJson.ParseObject(status.Config);
        _storageId = status?.StorageId;
        IsResumed = status is not null;
    }

    public string RunId => _outbox.State.RunId!;

    /// <summary>Whether the run was there before.</summary>
    public bool IsResumed { get; }

    /// <summary>Whether it shows what the miner is: a document was taken.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Finds the run that is ours, or settles on a new id.</summary>
    /// <exception cref="RegistryException"/>
    public static async Task<RegistrySession> OpenAsync(
        RegistryApi api, RegistryOutbox outbox, Keypair hotkey, ushort netuid, TimeProvider time, CancellationToken cancellation)
    {
        var username = await api.GetUsernameAsync(cancellation)
            ?? throw new RegistryException(RegistryFault.Unauthorised, "the key belongs to no account");
        var status = outbox.State.RunId is { } kept ? await api.GetStatusAsync(kept, cancellation) : null;
        var isKept = true;
        if (status is null && await FindAsync(api, hotkey.Hotkey, netuid, username, cancellation) is { } found)
        {
            outbox.UseRun(found.Name, RunSignature.Sign(hotkey, found.Name), time.GetUtcNow());
            status = await api.GetStatusAsync(found.Name, cancellation);
            isKept = false;
        }
        if (status is not null)
            outbox.Resume(status, isKept);
        else if (outbox.State.RunId is null)
            UseNewRun(outbox, hotkey, time);
        return new RegistrySession(api, outbox, hotkey, status);
    }

    /// <summary>Sends the document when it is not what was sent last.</summary>
    /// <returns>Whether anything was sent.</returns>
    /// <exception cref="RegistryException"/>
    public async Task<bool> PublishAsync(RegistryFacts facts, CancellationToken cancellation)
    {
        var document = RunDocument.Build(_stored, _hotkey.Hotkey, facts, _outbox.State.Signature!);
        var text = document.ToJsonString();
        if (text == _sent)
            return false;
        _storageId = await _api.UpsertAsync(RunId, _storageId, $"miner-{_hotkey.Hotkey}", document, cancellation);
        (_stored, _sent, IsShown) = (document, text, true);
        return true;
    }

    /// <summary>
    /// Whether the run still says what we wrote of who we are and who has the machine. Another process with the same account replaces the
    /// whole of it; after that the next document is sent whatever it holds.
    /// </summary>
    /// <exception cref="RegistryException"/>
    public async Task<bool> IsAsSentAsync(CancellationToken cancellation)
    {
        if (_sent is null)
            return true;
        var status = await _api.GetStatusAsync(RunId, cancellation) ?? throw new RegistryException(RegistryFault.NotFound, "our run is not there any more");
        var (stored, sent) = (LenientJson.ParseObject(status.Config), LenientJson.ParseObject(_sent));
        if (Array.TrueForAll(Watched, key => RunDocument.Text(stored, key) == RunDocument.Text(sent, key)) && JsonNode.DeepEquals(Gpu(stored), Gpu(sent)))
            return true;
        _sent = null;
        return false;
    }

    /// <summary>A sign of life, with the history lines that wait.</summary>
    /// <exception cref="RegistryException"/>
    public async Task BeatAsync(CancellationToken cancellation)
    {
        var state = _outbox.State;
        var lines = state.Pending;
        try
        {
            await _api.PostAsync(RunId, Post(state), cancellation);
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.Rejected && lines.Length > 0)
        {
            _outbox.Drop(lines.Length);
            throw;
        }
        if (lines.Length > 0)
            _outbox.Confirm(state);
    }

    /// <summary>Says that the run is over, as a program that ends in order does.</summary>
    /// <exception cref="RegistryException"/>
    public Task FinishAsync(CancellationToken cancellation) =>
        _api.PostAsync(RunId, new JsonObject { ["complete"] = true, ["exitcode"] = 0 }, cancellation);

    /// <summary>Gives the run up for a new id.</summary>
    public static void UseNewRun(RegistryOutbox outbox, Keypair hotkey, TimeProvider time)
    {
        var id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
        outbox.UseRun(id, RunSignature.Sign(hotkey, id), time.GetUtcNow());
    }

    /// <summary>What a validator ends a rental for when it changes.</summary>
    static JsonNode? Gpu(JsonObject? document) => (RunDocument.Value(document, "specs") as JsonObject)?["gpu"];

    static JsonObject Post(RegistryState state)
    {
        if (state.Pending.IsEmpty)
            return [];
        var files = new JsonObject
        {
            ["wandb-history.jsonl"] = Chunk(state.HistoryOffset, state.Pending),
            // The summary shows the last value of each figure.
            ["wandb-summary.json"] = Chunk(0, [state.Pending[^1]]),
        };
        return new JsonObject { ["files"] = files };
    }

    static JsonObject Chunk(int offset, IEnumerable<string> lines) =>
        new() { ["offset"] = offset, ["content"] = new JsonArray([.. lines.Select(JsonNode? (line) => line)]) };

    static async Task<RegistryRun?> FindAsync(RegistryApi api, Hotkey hotkey, ushort netuid, string username, CancellationToken cancellation)
    {
        var filter = new JsonObject
        {
            ["$and"] = new JsonArray(
                new JsonObject { ["config.config.netuid"] = netuid },
                new JsonObject { ["display_name"] = $"miner-{hotkey}" }),
        };
        RegistryRun? latest = null;
        try
        {
            await api.FindRunsAsync(filter, ["hotkey", "signature"], run =>
            {
                if (run.Username == username && IsSigned(run, hotkey) && !(run.HeartbeatAt <= latest?.HeartbeatAt))
                    latest = run;
            }, cancellation, MostPages);
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.Rejected)
        {
            // Anybody may make runs with our label, as large as they like. A new run serves as well as one that cannot be found.
        }
        return latest;
    }

    static bool IsSigned(RegistryRun run, Hotkey hotkey)
    {
        var document = LenientJson.ParseObject(run.Config);
        return RunDocument.Text(document, "hotkey") == hotkey.ToString()
            && RunDocument.Text(document, "signature") is { } signature
            && RunSignature.Verify(hotkey, run.Name, signature);
    }
}
