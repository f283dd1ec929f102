namespace Bittensor.Tests.Axon;

/// <summary>An HTTP answer as it was on the wire.</summary>
sealed record RawResponse(int Status, List<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>The value of a header under exactly this name, or null.</summary>
    public string? Header(string name) => Headers.Find(header => header.Key == name).Value;

    /// <summary>The error body every refusal has.</summary>
    public static string MessageBody(string message) => $$"""{"message":"{{message}}"}""";
}
