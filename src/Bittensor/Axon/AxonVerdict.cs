using System.Globalization;

namespace Bittensor.Axon;

/// <summary>
/// What is decided about a request: admitted, or refused with a status and a public message. <c>default</c> is refused, so
/// that a forgotten decision never lets anyone in. The only place where HTTP status codes are chosen.
/// </summary>
/// <remarks>
/// Codes and texts follow bittensor/core/axon.py, AxonMiddleware.dispatch, in opentensor/bittensor; 413, 429 and 503 are ours.
/// To a dendrite every status but 200 is the same failure, so the codes are chosen for honesty and for its log.
/// </remarks>
public readonly record struct AxonVerdict
{
    readonly string? _message;

    AxonVerdict(AxonOutcome outcome, string? message)
    {
        (Outcome, _message) = (outcome, message);
    }

    /// <summary>The caller may go on.</summary>
    public static AxonVerdict Admitted { get; } = new(AxonOutcome.Answered, "Success");

    /// <summary>Why.</summary>
    public AxonOutcome Outcome { get; }

    /// <summary>True when the caller may go on.</summary>
    public bool IsAdmitted => Outcome == AxonOutcome.Answered;

    /// <summary>The text the caller reads.</summary>
    public string Message => _message ?? "Forbidden.";

    /// <summary>The HTTP status.</summary>
    public int StatusCode => Outcome switch
    {
        AxonOutcome.Answered => 200,
        AxonOutcome.Malformed => 400,
        AxonOutcome.Unidentified or AxonOutcome.Stale or AxonOutcome.Replayed or AxonOutcome.BadSignature => 401,
        AxonOutcome.UnknownRoute => 404,
        AxonOutcome.WrongMethod => 405,
        AxonOutcome.TimedOut => 408,
        AxonOutcome.TooLarge => 413,
        AxonOutcome.Unprocessable => 422,
        AxonOutcome.Throttled => 429,
        AxonOutcome.Abandoned => 499,
        AxonOutcome.Faulted => 500,
        AxonOutcome.NoTurn => 503,
        _ => 403,
    };

    /// <summary>The caller is not admitted.</summary>
    /// <param name="reason">A short public reason, for example <c>Not enough stake!</c></param>
    public static AxonVerdict Refuse(string reason) => new(AxonOutcome.Refused, $"Forbidden. Key is blacklisted: {reason}.");

    internal static AxonVerdict Malformed(string message) => new(AxonOutcome.Malformed, message);

    internal static AxonVerdict Unidentified(string reason) => NotVerified(AxonOutcome.Unidentified, reason);

    internal static AxonVerdict Stale(string reason) => NotVerified(AxonOutcome.Stale, reason);

    internal static AxonVerdict InTheFuture() => Stale("Nonce is in the future: compare the clocks");

    internal static AxonVerdict Replayed() => NotVerified(AxonOutcome.Replayed, "Nonce is too old, a newer one was last processed");

    internal static AxonVerdict BadSignature() => NotVerified(AxonOutcome.BadSignature, "Signature mismatch");

    internal static AxonVerdict UnknownRoute(string name, string available) =>
        new(AxonOutcome.UnknownRoute, $"Synapse name '{name}' not found. Available synapses [{available}]");

    internal static AxonVerdict WrongMethod() => new(AxonOutcome.WrongMethod, "Method Not Allowed");

    internal static AxonVerdict TimedOut(TimeSpan timeout) =>
        new(AxonOutcome.TimedOut, string.Create(CultureInfo.InvariantCulture, $"Response timeout after: {timeout.TotalSeconds:0.0##}s"));

    internal static AxonVerdict SlowBody() => new(AxonOutcome.TimedOut, "The body arrived too slowly.");

    internal static AxonVerdict TooLarge(int limit) => new(AxonOutcome.TooLarge, $"The body is larger than {limit} bytes.");

    internal static AxonVerdict Unprocessable(string message) => new(AxonOutcome.Unprocessable, message);

    internal static AxonVerdict Throttled() => new(AxonOutcome.Throttled, "Too many unproven requests from this address.");

    internal static AxonVerdict Abandoned() => new(AxonOutcome.Abandoned, "The caller is gone.");

    /// <param name="id">Opaque; the log has the cause under the same id.</param>
    internal static AxonVerdict Faulted(Guid id) => new(AxonOutcome.Faulted, $"Internal Server Error #{id}");

    internal static AxonVerdict NoTurn() => new(AxonOutcome.NoTurn, "The axon is busy: too many requests wait.");

    static AxonVerdict NotVerified(AxonOutcome outcome, string reason) => new(outcome, $"Not Verified with error: {reason}");
}
