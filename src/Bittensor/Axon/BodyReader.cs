using System.Buffers;
using System.Text.Json;
using Bittensor.Synapses;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>Steps 7 and 8: takes the body in, within the limits, and binds it to the synapse.</summary>
sealed class BodyReader(AxonOptions options)
{
    /// <summary>The bound synapse when the verdict admits.</summary>
    public async ValueTask<(AxonVerdict Verdict, AxonInvocation? Invocation)> ReadAsync(
        HttpRequest request, AxonEndpoint endpoint, SynapseHeaders headers, CancellationToken cancellation)
    {
        try
        {
            var reader = request.BodyReader;
            var result = await reader.ReadAsync(cancellation);
            // A key pair is to be had for nothing: what its owner can make us keep is little.
            var limit = endpoint.RequiresAdmission ? options.BodyLimit : Math.Min(options.BodyLimit, options.OpenBodyLimit);
            while (!result.IsCompleted && result.Buffer.Length <= limit)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await reader.ReadAsync(cancellation);
            }
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                return (AxonVerdict.TooLarge(limit), null);
            }
            var verdict = Bind(result.Buffer, endpoint, headers, out var invocation);
            reader.AdvanceTo(result.Buffer.End);
            return (verdict, invocation);
        }
        catch (BadHttpRequestException e)
        {
            return (e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => AxonVerdict.TooLarge(options.BodyLimit),
                StatusCodes.Status408RequestTimeout => AxonVerdict.SlowBody(),
                _ => AxonVerdict.Malformed("The body ended early or is not framed as its headers say."),
            }, null);
        }
        catch (IOException)
        {
            return (AxonVerdict.Abandoned(), null);
        }
    }

    static AxonVerdict Bind(ReadOnlySequence<byte> buffer, AxonEndpoint endpoint, in SynapseHeaders headers, out AxonInvocation? invocation)
    {
        if (buffer.IsSingleSegment)
            return Bind(buffer.FirstSpan, endpoint, headers, out invocation);
        var length = (int)buffer.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(rented);
        try
        {
            return Bind(rented.AsSpan(0, length), endpoint, headers, out invocation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    static AxonVerdict Bind(ReadOnlySpan<byte> body, AxonEndpoint endpoint, in SynapseHeaders headers, out AxonInvocation? invocation)
    {
        invocation = null;
        var verdict = BodyIdentity.Check(body, headers);
        if (!verdict.IsAdmitted)
            return verdict;
        try
        {
            invocation = endpoint.Bind(body);
            return AxonVerdict.Admitted;
        }
        catch (SynapseFieldException e)
        {
            return AxonVerdict.Unprocessable($"Field '{Name(e.Path)}': expected {e.Expected}.");
        }
        catch (JsonException e)
        {
            return AxonVerdict.Unprocessable($"Field '{Name(e.Path)}' has the wrong type.");
        }
    }

    /// <summary><c>$.gpu.count</c> as <c>gpu.count</c>.</summary>
    static string Name(string? path) =>
        path is { Length: > 2 } && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path ?? "$";
}
