using System.Net;
using System.Text.Json;

namespace ComputeMiner.Containers.Egress;

/// <summary>
/// The name servers that Docker's resolver asks for a container. It asks from the container's network, so where they have private
/// addresses the rules must let their port 53 through; those on loopback addresses it asks from the host itself.
/// </summary>
static class Resolvers
{
    const string Engine = "/etc/docker/daemon.json";

    // Docker takes the second one where the first names only systemd's stub on 127.0.0.53.
    static readonly string[] Files = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    public static IReadOnlyList<IPAddress> Find() =>
        [.. Files.Select(Read).SelectMany(Parse).Concat(ParseEngine(Read(Engine))).Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal)];

    /// <summary>Addresses of resolv.conf(5) that a container could ask.</summary>
    public static IEnumerable<IPAddress> Parse(string text) =>
        from line in text.Split('\n')
        let words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where words is ["nameserver", _, ..]
        let address = Usable(words[1])
        where address is not null
        select address;

    /// <summary>Addresses under "dns" of the engine's configuration; none when it cannot be read.</summary>
    public static IReadOnlyList<IPAddress> ParseEngine(string json)
    {
        if (json.Length == 0)
            return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("dns", out var list) && list.ValueKind == JsonValueKind.Array
                    ? [.. list.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.String).Select(each => Usable(each.GetString()!)).OfType<IPAddress>()]
                    : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    static IPAddress? Usable(string text) =>
        IPAddress.TryParse(text, out var address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6LinkLocal
            ? address
            : null;

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
