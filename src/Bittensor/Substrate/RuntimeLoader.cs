using Bittensor.Scale;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>Fetches a runtime's metadata in the newest format that both sides know.</summary>
static class RuntimeLoader
{
    const uint Newest = 16;
    const uint Oldest = 14;

    /// <summary>
    /// The best block's runtime: its version and its metadata, both of that one block, because an upgrade may fall between two answers.
    /// <paramref name="known"/> when it is still that one.
    /// </summary>
    public static async Task<ChainRuntime> LoadBestAsync(RpcConnection rpc, ChainRuntime? known, CancellationToken cancellation)
    {
        var at = await rpc.BlockHashAsync(null, cancellation);
        var version = await rpc.RuntimeVersionAsync(at, cancellation);
        return known is not null && (known.SpecVersion, known.TransactionVersion) == version
            ? known
            : await LoadAsync(rpc, version, at, cancellation);
    }

    /// <param name="rpc">The connection.</param>
    /// <param name="version">The runtime's versions at <paramref name="at"/>.</param>
    /// <param name="at">The block whose state holds the runtime; null for the best one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<ChainRuntime> LoadAsync(
        RpcConnection rpc, (uint Spec, uint Transaction) version, BlockHash? at, CancellationToken cancellation)
    {
        ScaleException? unreadable = null;
        foreach (var format in await OfferedAsync(rpc, at, cancellation))
        {
            try
            {
                var metadata = await FetchAsync(rpc, format, at, cancellation);
                if (metadata is not null)
                    return new ChainRuntime(version.Spec, version.Transaction, metadata);
            }
            catch (ScaleException fault)
            {
                // An older format of the same runtime may still be readable.
                unreadable ??= fault;
            }
            catch (SubstrateException) when (!rpc.HasEnded && format > Oldest)
            {
                // Offered, but not given, or as null; the next may be.
            }
        }
        throw unreadable is null
            ? new SubstrateException("The node offers no metadata of version 14, 15 or 16.", isTransient: false)
            : RpcRead.Undecodable("metadata", unreadable);
    }

    /// <summary>The formats to try, best first. V14 is last: it has a method of its own that every node knows.</summary>
    static async Task<IEnumerable<uint>> OfferedAsync(RpcConnection rpc, BlockHash? at, CancellationToken cancellation)
    {
        try
        {
            var reply = await rpc.StateCallAsync("Metadata_metadata_versions", default, at, cancellation);
            return [.. ReadVersions(reply).Where(version => version is > Oldest and <= Newest).OrderDescending(), Oldest];
        }
        catch (Exception fault) when (fault is ScaleException || (fault is SubstrateException && !rpc.HasEnded))
        {
            return [Oldest];
        }
    }

    static List<uint> ReadVersions(ReadOnlySpan<byte> reply)
    {
        var reader = new ScaleReader(reply);
        var versions = new List<uint>();
        for (var left = reader.ReadLength(4); left > 0; left--)
            versions.Add(reader.ReadUInt32());
        return versions;
    }

    static async Task<RuntimeMetadata?> FetchAsync(RpcConnection rpc, uint format, BlockHash? at, CancellationToken cancellation)
    {
        if (format > Oldest)
        {
            var parameter = new ScaleWriter().WriteUInt32(format).ToArray();
            return Unwrap(await rpc.StateCallAsync("Metadata_metadata_at_version", parameter, at, cancellation, isLarge: true));
        }
        var result = await rpc.CallAsync("state_getMetadata", writer =>
        {
            if (at is { } hash)
                writer.WriteStringValue(hash.ToString());
        }, cancellation, isLarge: true);
        return RuntimeMetadata.Parse(RpcRead.Read("state_getMetadata", result, RpcRead.Bytes));
    }

    /// <summary><c>Option&lt;Vec&lt;u8&gt;&gt;</c>; none means that the runtime does not know the format.</summary>
    static RuntimeMetadata? Unwrap(ReadOnlySpan<byte> reply)
    {
        var reader = new ScaleReader(reply);
        return reader.ReadBool() ? RuntimeMetadata.Parse(reader.ReadByteVector()) : null;
    }
}
