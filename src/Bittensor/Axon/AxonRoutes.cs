using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>Step 2: which synapse is meant. Names are compared exactly, and only POST is served.</summary>
sealed class AxonRoutes
{
    const int MaxEcho = 64;

    readonly FrozenDictionary<string, AxonRoute> _routes;
    readonly string _available;

    /// <exception cref="ArgumentException">Two endpoints have the same route.</exception>
    public AxonRoutes(IReadOnlyList<AxonEndpoint> endpoints, AxonStatistics statistics)
    {
        if (endpoints.GroupBy(endpoint => endpoint.Route).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two endpoints serve the route '{twice.Key}'; each route needs exactly one.", nameof(endpoints));
        _routes = endpoints.ToFrozenDictionary(
            endpoint => "/" + endpoint.Route,
            endpoint => new AxonRoute(endpoint, statistics.For(endpoint.Route)),
            StringComparer.Ordinal);
        _available = string.Join(", ", endpoints.Select(endpoint => $"'{endpoint.Route}'"));
    }

    public AxonVerdict Find(HttpRequest request, out AxonRoute? route)
    {
        if (!_routes.TryGetValue(request.Path.Value ?? "", out route))
            return AxonVerdict.UnknownRoute(Printable(request.Path.Value), _available);
        return HttpMethods.IsPost(request.Method) ? AxonVerdict.Admitted : AxonVerdict.WrongMethod();
    }

    /// <summary>What a stranger wrote, cut and made harmless, because it comes back in a header.</summary>
    static string Printable(string? path)
    {
        var name = (path ?? "").AsSpan().TrimStart('/');
        return string.Create(Math.Min(name.Length, MaxEcho), name, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = source[i] is > ' ' and <= '~' ? source[i] : '?';
        });
    }
}
