using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>Signs and submits extrinsics, one signature at a time, so that nonces do not collide; sees each through to its outcome.</summary>
sealed class ExtrinsicSubmission(SubstrateClient client, SubstrateOptions options, SemaphoreSlim signing)
{
    public async Task<ExtrinsicReceipt> RunAsync(Func<RuntimeMetadata, byte[]> call, Keypair signer, CancellationToken cancellation)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var known = (await client.GetSessionAsync(cancellation)).Runtime;
            try
            {
                return await RunOnceAsync(call, signer, cancellation);
            }
            catch (ExtrinsicFailedException fault) when (isFirst && fault.Stage == ExtrinsicStage.Pool && (IsSpent(fault) || IsForeign(fault)))
            {
                var session = await client.GetSessionAsync(cancellation);
                await session.RefreshRuntimeAsync(cancellation);
                if (IsForeign(fault) && session.Runtime == known)
                    throw;
            }
        }
    }

    /// <summary>
    /// Another program used the nonce, the era's block was re-organised away, the runtime was upgraded, or the pool had no room: signing
    /// anew, once, helps. If the lost extrinsic comes back after all, the nonce lets only one of the two in.
    /// </summary>
    static bool IsSpent(ExtrinsicFailedException fault) => fault.ErrorName is "Stale" or "BadProof" or "AncientBirthBlock" or "Invalid" or "Dropped";

    /// <summary>The bytes do not decode: they were made for another runtime, if that has changed since.</summary>
    static bool IsForeign(ExtrinsicFailedException fault) => fault.ErrorName is "BadFormat" or "VerificationError" or "Call";

    async Task<ExtrinsicReceipt> RunOnceAsync(Func<RuntimeMetadata, byte[]> call, Keypair signer, CancellationToken cancellation)
    {
        ExtrinsicWatch watch;
        RpcSubscription? statuses;
        await signing.WaitAsync(cancellation);
        try
        {
            // Until it is submitted nothing has happened: a connection that drops is a reason to sign on the next one.
            var (session, extrinsic, birth, death) = await client.ReadAsync(
                session => SignAsync(session, call, signer, cancellation), "signing context", cancellation);
            watch = new ExtrinsicWatch(client, options, extrinsic, new ExtrinsicSearch(client, options, extrinsic, birth, death));
            statuses = await watch.SubmitAsync(session, cancellation);
        }
        finally
        {
            signing.Release();
        }
        return await watch.RunAsync(statuses, cancellation);
    }

    async Task<(ChainSession Session, Extrinsic Extrinsic, ulong Birth, ulong Death)> SignAsync(
        ChainSession session, Func<RuntimeMetadata, byte[]> call, Keypair signer, CancellationToken cancellation)
    {
        var runtime = session.Runtime;
        try
        {
            var birth = await BirthBlockAsync(session, cancellation);
            var era = Era.Mortal(options.EraPeriod, birth.Number);
            var nonce = await session.Rpc.NextNonceAsync(signer.Account.ToString(), cancellation);
            var context = new SigningContext(runtime.SpecVersion, runtime.TransactionVersion, session.Genesis, nonce, era, birth.Hash);
            return (session, Extrinsic.Sign(runtime.Metadata, call(runtime.Metadata), context, signer), birth.Number, era.Death(birth.Number));
        }
        catch (ScaleException fault)
        {
            throw new SubstrateException($"The call does not fit the chain's runtime: {fault.Message} Nothing was signed.", isTransient: false, fault);
        }
    }

    /// <summary>The finalized head cannot be re-organised away; while finality lags far behind, the best head is the better choice.</summary>
    async Task<BlockHeader> BirthBlockAsync(ChainSession session, CancellationToken cancellation)
    {
        var finalized = await session.Rpc.HeaderAsync(await session.Rpc.FinalizedHashAsync(cancellation), cancellation);
        var head = session.Head;
        return finalized.Number + ((ulong)options.EraPeriod / 4) >= head.Number ? finalized : head;
    }
}
