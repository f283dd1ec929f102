namespace Bittensor.Substrate;

/// <summary>
/// Which chain this client is on: the expected one, or the one that the first endpoint to answer is of. Asked at each connection, before
/// anything is read or signed over it. Used by one task.
/// </summary>
sealed class ChainIdentity(SubstrateOptions options)
{
    (Uri Endpoint, BlockHash Genesis)? _first;

    /// <exception cref="SubstrateException">The endpoint is of another chain.</exception>
    public void Check(Uri endpoint, BlockHash genesis)
    {
        if (options.ExpectedGenesis is { } expected)
        {
            if (genesis != expected)
                throw Foreign(endpoint, genesis, $"expected {expected}");
            return;
        }
        // The same address with another genesis is a chain that began anew, as local ones do; two addresses with two are a mistake in the
        // settings, and nobody but the operator knows which one is meant.
        if (_first is { } first && first.Endpoint != endpoint && first.Genesis != genesis)
            throw Foreign(endpoint, genesis, $"{ShownEndpoint.Of(first.Endpoint)}, which is in use, has {first.Genesis}");
        if (_first is null || _first.Value.Endpoint == endpoint)
            _first = (endpoint, genesis);
    }

    static SubstrateException Foreign(Uri endpoint, BlockHash genesis, string other) => new(
        $"The node at {ShownEndpoint.Of(endpoint)} is of another chain: its genesis hash is {genesis}, {other}. Nothing is signed for it; check the endpoints.",
        isTransient: false);
}
