using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// Our run, found or made, and what has been sent to it.
/// </summary>
sealed class RegistrySession
{
    static readonly string[] Watched = ["hotkey", "role", "allocated", "signature"];

    readonly RegistryApi _api;
    readonly RegistryOutbox _outbox;
    readonly Keypair _hotkey;
    JsonObject? _stored;
    string? _storageId;
    int _mostLines = RegistryOutbox.MostLines;
    string? _sent;

    /// <param name="api">Where it is.</param>
    /// <param name="outbox">Whose run it is.</param>
    /// <param name="hotkey">Signed it.</param>
    /// <param name="status">What the service holds of it; null when it is not there yet.</param>
    /// <param name="current">What it is to show.</param>
    public RegistrySession(RegistryApi api, RegistryOutbox outbox, Keypair hotkey, RegistryRunStatus? status, RegistryFacts current)
    {
        (_api, _outbox, _hotkey) = (api, outbox, hotkey);
        _stored = status is null ? null : LenientJson.ParseObject(status.Config);
        _storageId = status?.StorageId;
        IsResumed = status is not null;
        // What it says is true, and may live on while no newer document is taken.
        IsShown = RunSignature.IsIn(_stored, hotkey.Hotkey, RunId) && (!current.IsHolderKnown || RunDocument.Text(_stored, "allocated") == current.AllocatedTo);
    }

    public string RunId => _outbox.State.RunId!;

    /// <summary>Whether the run was there before.</summary>
    public bool IsResumed { get; }

    /// <summary>Whether it shows what the miner is: a document of ours was taken, now or before.</summary>
    public bool IsShown { get; private set; }

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
        if (state.Pending.Length > _mostLines)
            state = state with { Pending = state.Pending[.._mostLines] };
        var lines = state.Pending.Length;
        try
        {
            await _api.PostAsync(RunId, Post(state), cancellation);
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.TooLarge && lines > 1)
        {
            _mostLines = lines / 2;
            throw;
        }
        catch (RegistryException fault) when (fault.Fault is RegistryFault.Rejected or RegistryFault.TooLarge or RegistryFault.Conflict && lines > 0)
        {
            // They would hold up every sign of life after them. An id that conflicts for good is not there for this request at all.
            _outbox.Drop(state);
            throw new RegistryException(RegistryFault.Rejected, $"{fault.Message}; {lines} lines of history are given up", inner: fault);
        }
        _mostLines = RegistryOutbox.MostLines;
        if (lines > 0)
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
}
