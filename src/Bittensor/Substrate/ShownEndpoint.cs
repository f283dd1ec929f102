namespace Bittensor.Substrate;

/// <summary>A node's address as messages may show it: user information, path and query are where providers put their customers' keys.</summary>
static class ShownEndpoint
{
    public static string Of(Uri endpoint) => endpoint is { PathAndQuery: "/", UserInfo: "", Fragment: "" }
        ? endpoint.ToString()
        : $"{endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}/***";
}
