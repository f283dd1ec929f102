using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// Finds the run that is ours, or settles on a new id. Which run is ours is decided by the account that made it and the signature in it, never
/// by its label: anybody may give a run any label. What was learnt is kept, so that a service that answers one request a minute is enough.
/// </summary>
/// <param name="api">Where it is.</param>
/// <param name="outbox">Knows the run of before.</param>
/// <param name="hotkey">Whose run.</param>
/// <param name="time">The clock.</param>
sealed class RegistryOpening(RegistryApi api, RegistryOutbox outbox, Keypair hotkey, TimeProvider time)
{
    /// <summary>More pages than anybody needs who does not hide our run among runs with its label.</summary>
    const int MostPages = 10;

    string? _username;
    string? _missing;
    bool _isSearched;
    RegistryRun? _found;

    /// <param name="current">What the run is to show.</param>
    /// <param name="cancellation">Ends it; what was learnt stays.</param>
    /// <exception cref="RegistryException"/>
    public async Task<RegistrySession> OpenAsync(RegistryFacts current, CancellationToken cancellation)
    {
        _username ??= await api.GetUsernameAsync(cancellation)
            ?? throw new RegistryException(RegistryFault.Unauthorised, "the key belongs to no account");
        if (outbox.State.RunId is { } kept && kept != _missing)
        {
            if (await api.GetStatusAsync(kept, cancellation) is { } status)
            {
                outbox.Resume(status, isKept: kept != _found?.Name);
                return new RegistrySession(api, outbox, hotkey, status, current);
            }
            _missing = kept;
        }
        if (!_isSearched)
        {
            _found = await FindAsync(current.Netuid, _username, cancellation);
            _isSearched = true;
        }
        if (_found is { } found && found.Name != outbox.State.RunId)
        {
            outbox.UseRun(found.Name, RunSignature.Sign(hotkey, found.Name), time.GetUtcNow());
            return await OpenAsync(current, cancellation);
        }
        if (outbox.State is { RunId: { } id, Signature: { } signature })
            // Made under the id that is known, and from its beginning: the service has nothing of it.
            outbox.UseRun(id, signature, time.GetUtcNow());
        else
            RegistrySession.UseNewRun(outbox, hotkey, time);
        return new RegistrySession(api, outbox, hotkey, null, current);
    }

    async Task<RegistryRun?> FindAsync(ushort netuid, string username, CancellationToken cancellation)
    {
        var filter = new JsonObject
        {
            ["$and"] = new JsonArray(
                new JsonObject { ["config.config.netuid"] = netuid },
                new JsonObject { ["display_name"] = $"miner-{hotkey.Hotkey}" }),
        };
        RegistryRun? latest = null;
        try
        {
            await api.FindRunsAsync(filter, ["hotkey", "signature"], run =>
            {
                if (run.Username == username && RunSignature.IsIn(LenientJson.ParseObject(run.Config), hotkey.Hotkey, run.Name)
                    && !(run.HeartbeatAt <= latest?.HeartbeatAt))
                    latest = run;
            }, cancellation, MostPages);
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.Rejected)
        {
            // Anybody may make runs with our label, as large as they like. A new run serves as well as one that cannot be found.
        }
        return latest;
    }
}
