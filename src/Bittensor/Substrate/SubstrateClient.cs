using System.Runtime.CompilerServices;
using Bittensor.Keys;
using Bittensor.Scale;
using Microsoft.Extensions.Logging;

namespace Bittensor.Substrate;

/// <summary>
/// A Substrate node over one WebSocket: connects on first use, reconnects and changes endpoints by itself, follows heads and runtime
/// upgrades, reads state and runtime APIs by name, submits extrinsics. Reads are repeated on a new connection when the old one drops.
/// </summary>
public sealed class SubstrateClient : IAsyncDisposable
{
    const int ReadAttempts = 3;

    readonly SessionKeeper _sessions;
    readonly ExtrinsicSubmission _submission;
    // Not disposed: when the client is, somebody may still hold it or wait for it, and there is nothing in it to free.
    readonly SemaphoreSlim _signing = new(1, 1);

    /// <param name="options">Endpoints and limits.</param>
    /// <param name="time">The clock for timeouts and pauses.</param>
    /// <param name="logger">Connections gained and lost, runtime upgrades.</param>
    /// <exception cref="ArgumentException">No endpoint, or one that is no ws or wss address.</exception>
    public SubstrateClient(SubstrateOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Endpoints.Count == 0 || options.Endpoints.Any(endpoint => endpoint.Scheme is not ("ws" or "wss")))
            throw new ArgumentException("At least one chain endpoint is needed, and each must be a ws:// or wss:// address.", nameof(options));
        _sessions = new SessionKeeper(options, time, logger);
        _submission = new ExtrinsicSubmission(this, options, _signing);
    }

    /// <summary>The newest block known; waits for a connection.</summary>
    /// <exception cref="SubstrateException">No connection within the offline timeout.</exception>
    public async Task<BlockHeader> GetHeadAsync(CancellationToken cancellation) => (await _sessions.GetAsync(cancellation)).Head;

    /// <summary>The newest block, then every further one, over reconnections, until cancelled. A number may come again after a re-organisation.</summary>
    /// <exception cref="SubstrateException">No first connection within the offline timeout.</exception>
    public async IAsyncEnumerable<BlockHeader> HeadsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var first = await GetHeadAsync(cancellation);
        await foreach (var head in _sessions.Heads.FollowAsync(first, cancellation))
            yield return head;
    }

    /// <summary>The runtime of the current connection.</summary>
    /// <exception cref="SubstrateException">No connection within the offline timeout.</exception>
    public async Task<ChainRuntime> GetRuntimeAsync(CancellationToken cancellation) => (await _sessions.GetAsync(cancellation)).Runtime;

    /// <summary>The genesis hash of the current connection's chain.</summary>
    /// <exception cref="SubstrateException">No connection within the offline timeout.</exception>
    public async Task<BlockHash> GetGenesisAsync(CancellationToken cancellation) => (await _sessions.GetAsync(cancellation)).Genesis;

    /// <summary>A storage value at <paramref name="at"/> (null: newest state); the item's default when absent; null when absent and optional.</summary>
    /// <exception cref="SubstrateException">The node failed, or the runtime has no such item.</exception>
    public Task<ScaleValue?> GetStorageAsync(string pallet, string item, IReadOnlyList<ScaleValue> keys, BlockHash? at, CancellationToken cancellation) =>
        ReadValueAsync(pallet, item, keys, at, value => value, cancellation);

    /// <summary>Reads a storage value and takes from it what is wanted, both under the same runtime.</summary>
    internal Task<T> ReadValueAsync<T>(
        string pallet, string item, IReadOnlyList<ScaleValue> keys, BlockHash? at, Func<ScaleValue?, T> select, CancellationToken cancellation) =>
        ReadAsync(async session =>
        {
            var metadata = session.Runtime.Metadata;
            var entry = metadata.StorageEntry(pallet, item);
            var key = StorageKey.Of(metadata, pallet, item, [.. keys]);
            var value = await session.Rpc.StorageAsync(key, at, cancellation);
            return select(value is null && entry.IsOptional
                ? null
                : ScaleDecoder.Decode(metadata.Types, entry.Value, value ?? [.. entry.Default]));
        }, $"{pallet}.{item}", cancellation);

    /// <summary>The SCALE bytes a runtime API function returns for SCALE-encoded parameters, at <paramref name="at"/> (null: newest state).</summary>
    /// <exception cref="SubstrateException">The node failed or the runtime has no such function.</exception>
    public Task<byte[]> CallRuntimeAsync(string api, string method, ReadOnlyMemory<byte> parameters, BlockHash? at, CancellationToken cancellation) =>
        ReadAsync(session => session.Rpc.StateCallAsync($"{api}_{method}", parameters, at, cancellation), $"{api}_{method}", cancellation);

    /// <summary>
    /// Signs a call and waits until it is in a block (or final, by option) and its outcome known. <paramref name="call"/> encodes it for
    /// the runtime it is given, see <see cref="RuntimeCall"/>; it runs again when the extrinsic must be signed anew.
    /// </summary>
    /// <exception cref="ExtrinsicFailedException">The pool refused it, or its call failed.</exception>
    /// <exception cref="SubstrateException">The node failed; whether the extrinsic is in a block is not known.</exception>
    public Task<ExtrinsicReceipt> SubmitAsync(Func<RuntimeMetadata, byte[]> call, Keypair signer, CancellationToken cancellation) =>
        _submission.RunAsync(call, signer, cancellation);

    /// <summary>Closes the connection. Followers of heads end, calls in flight fail.</summary>
    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    internal Task<ChainSession> GetSessionAsync(CancellationToken cancellation) => _sessions.GetAsync(cancellation);

    /// <summary>
    /// Runs a read on the current session: again on the next session when the connection drops, and again with new metadata when the
    /// node refuses it or its answer does not decode because the runtime was just upgraded.
    /// </summary>
    internal async Task<T> ReadAsync<T>(Func<ChainSession, Task<T>> read, string what, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = await _sessions.GetAsync(cancellation);
            var runtime = session.Runtime;
            try
            {
                return await read(session);
            }
            catch (SubstrateException) when (session.Rpc.HasEnded && attempt < ReadAttempts)
            {
                await _sessions.LeaveAsync(session);
            }
            catch (Exception fault) when (fault is ScaleException or SubstrateException { Code: not null })
            {
                // The runtime may have changed under the read: another layout, or a function that it has no more.
                if (attempt < ReadAttempts && await HasChangedAsync(session, runtime, cancellation))
                    continue;
                if (fault is ScaleException undecodable)
                    throw RpcRead.Undecodable(what, undecodable);
                throw;
            }
        }
    }

    /// <summary>Whoever noticed first: this read, or the follower of runtime versions.</summary>
    static async Task<bool> HasChangedAsync(ChainSession session, ChainRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            return await session.RefreshRuntimeAsync(cancellation) || session.Runtime != runtime;
        }
        catch (SubstrateException)
        {
            // The read's own fault says more than this one.
            return session.Runtime != runtime;
        }
    }
}
