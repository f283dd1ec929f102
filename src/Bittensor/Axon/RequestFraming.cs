using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>Step 1: what can be said before anything is read. The server itself has checked the head's size and form.</summary>
sealed class RequestFraming(AxonOptions options)
{
    const string JsonType = "application/json";

    public AxonVerdict Check(HttpRequest request)
    {
        if (request.ContentLength > options.BodyLimit)
            return AxonVerdict.TooLarge(options.BodyLimit);
        return HttpMethods.IsPost(request.Method) && !IsJson(request.ContentType)
            ? AxonVerdict.Malformed($"The content type must be {JsonType}.")
            : AxonVerdict.Admitted;
    }

    static bool IsJson(string? type) =>
        type is not null
        && type.StartsWith(JsonType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == JsonType.Length || type[JsonType.Length] is ';' or ' ');
}
