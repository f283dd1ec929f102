using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Presence;

/// <summary>
/// Finds the address validators must dial: the configured one, else the one that at least two independent services agree on.
/// One service alone is not believed, because a wrong address on chain costs the miner its place until the next rate-limit window.
/// </summary>
sealed class ExternalAddress(HttpClient http, IReadOnlyList<Uri> services)
{
    /// <summary>Services that answer with the caller's address as plain text; the first four are those the reference miner asks.</summary>
    public static readonly IReadOnlyList<Uri> DefaultServices =
    [
        new("https://checkip.amazonaws.com"), new("https://ifconfig.me/ip"), new("https://ipinfo.io/ip"), new("https://ident.me"),
        new("https://api.ipify.org"),
    ];

    const int AnswerLimit = 64;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="ExternalAddressException">No two services agreed; the message lists what each said.</exception>
    public async Task<IPAddress> DiscoverAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        var votes = new Dictionary<IPAddress, int>();
        var said = new List<string>();
        var pending = services.Select(service => AskAsync(service, deadline.Token)).ToList();
        while (pending.Count > 0)
        {
            var next = await Task.WhenAny(pending);
            pending.Remove(next);
            var (service, address, fault) = await next;
            said.Add($"{service.Host}: {address?.ToString() ?? fault}");
            if (address is null)
                continue;
            var count = votes.GetValueOrDefault(address) + 1;
            if (count == 2)
            {
                await deadline.CancelAsync();
                return address;
            }
            votes[address] = count;
        }
        cancellation.ThrowIfCancellationRequested();
        throw new ExternalAddressException(
            $"The public IP address could not be found out ({string.Join("; ", said)}). Set it with --axon.external_ip.");
    }

    async Task<(Uri Service, IPAddress? Address, string? Fault)> AskAsync(Uri service, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync(service, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
                return (service, null, $"HTTP {(int)response.StatusCode}");
            var buffer = new byte[AnswerLimit];
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            var length = await body.ReadAtLeastAsync(buffer, AnswerLimit, throwOnEndOfStream: false, cancellation);
            var text = System.Text.Encoding.ASCII.GetString(buffer, 0, length).Trim();
            return IPAddress.TryParse(text, out var address) && IsPublishable(address)
                ? (service, address, null)
                : (service, null, "no usable address");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (service, null, e is OperationCanceledException ? "no answer in time" : "unreachable");
        }
    }

    static bool IsPublishable(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && address.AddressFamily is (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
}
