using System.Globalization;

namespace DevNet;

/// <summary>A way in which a request goes wrong.</summary>
public sealed record DevRegistryFault
{
    DevRegistryFault(FaultKind kind) => Kind = kind;

    internal FaultKind Kind { get; }

    internal int Code { get; private init; } = 200;

    internal string Body { get; private init; } = "";

    internal string ContentType { get; private init; } = "application/json";

    internal string? RetryAfter { get; private init; }

    internal bool IsDate { get; private init; }

    /// <summary>The request is taken and never answered.</summary>
    public static DevRegistryFault Hang { get; } = new(FaultKind.Hang);

    /// <summary>The connection is cut before the request has any effect.</summary>
    public static DevRegistryFault Reset { get; } = new(FaultKind.Reset);

    /// <summary>The request has its effect, and the connection is cut in place of the answer.</summary>
    public static DevRegistryFault LostAnswer { get; } = new(FaultKind.LostAnswer);

    /// <summary>The answer breaks off in the middle.</summary>
    public static DevRegistryFault Truncated { get; } = new(FaultKind.Truncated);

    /// <summary>A proxy's page instead of the service's answer.</summary>
    public static DevRegistryFault Unavailable { get; } =
        new(FaultKind.Answer) { Code = 503, ContentType = "text/html", Body = "<html><body><h1>503 Service Unavailable</h1></body></html>" };

    /// <summary>Status 200 and bytes that are no JSON.</summary>
    public static DevRegistryFault Garbage { get; } = new(FaultKind.Answer) { Body = "\u0001{]not json" };

    /// <summary>Status 200 without a body.</summary>
    public static DevRegistryFault Empty { get; } = new(FaultKind.Answer);

    /// <summary>Status 200, no data, and an error that says little.</summary>
    public static DevRegistryFault NullData { get; } =
        new(FaultKind.Answer) { Body = """{"data":null,"errors":[{"message":"An internal error occurred. Please contact support."}]}""" };

    /// <summary>Status 500 with the service's own error body.</summary>
    public static DevRegistryFault Internal { get; } =
        Status(500, """{"errors":[{"message":"An internal error occurred. Please contact support.","path":["project","runs","edges"]}],"data":null}""");

    /// <summary>Status 429; <paramref name="wait"/>, when given, stands in Retry-After.</summary>
    public static DevRegistryFault RateLimited(TimeSpan? wait = null) => Status(429, """{"error":"rate limit exceeded"}""") with
    {
        RetryAfter = wait?.TotalSeconds.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Status 429 with a date in Retry-After, and nothing else that says how long.</summary>
    public static DevRegistryFault RateLimited(DateTimeOffset until) => Status(429, """{"error":"rate limit exceeded"}""") with
    {
        RetryAfter = until.UtcDateTime.ToString("R", CultureInfo.InvariantCulture),
        IsDate = true,
    };

    /// <summary>A good answer that says that it was the last one for <paramref name="wait"/>.</summary>
    public static DevRegistryFault UsedUp(TimeSpan wait) => new(FaultKind.UsedUp) { RetryAfter = wait.TotalSeconds.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Any status with any JSON body.</summary>
    public static DevRegistryFault Status(int code, string body) => new(FaultKind.Answer) { Code = code, Body = body };

    internal enum FaultKind
    {
        Answer,
        Hang,
        Reset,
        LostAnswer,
        Truncated,
        UsedUp,
    }
}
