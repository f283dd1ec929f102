using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ComputeMiner.Presence;

/// <summary>
/// Finds the address validators must dial: the one that at least two independent services agree on. One service alone is not believed,
/// because a wrong address on chain costs the miner its place until the next rate-limit window. IPv4 is preferred, so that a host with
/// both does not publish now one, now the other.
/// </summary>
sealed class ExternalAddress(HttpClient http, IReadOnlyList<Uri> services, TimeProvider time)
{
    /// <summary>
    /// Services that answer with the caller's address as plain text; the first four are those the reference miner asks. Those of them that are
    /// reached over IPv6 too are two, so that the last two are of both kinds: a host without IPv4 can lose two and still find agreement.
    /// </summary>
    public static readonly IReadOnlyList<Uri> DefaultServices =
    [
        new("https://checkip.amazonaws.com"), new("https://ifconfig.me/ip"), new("https://ipinfo.io/ip"), new("https://ident.me"),
        new("https://api64.ipify.org"), new("https://icanhazip.com"),
    ];

    const int AnswerLimit = 64;
    const int Agreement = 2;

    /// <summary>How long the services have, all together.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A client that dials IPv4 first and uses no proxy, whose address is not ours.</summary>
    public static HttpClient CreateHttpClient() =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = ConnectAsync });

    /// <exception cref="ExternalAddressException">No two services agreed; the message lists what each said.</exception>
    public async Task<IPAddress> DiscoverAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
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
            votes[address] = votes.GetValueOrDefault(address) + 1;
            if (address.AddressFamily == AddressFamily.InterNetwork && votes[address] == Agreement)
            {
                await deadline.CancelAsync();
                return address;
            }
        }
        cancellation.ThrowIfCancellationRequested();
        return votes.FirstOrDefault(vote => vote.Value >= Agreement).Key
            ?? throw new ExternalAddressException(
                $"The public IP address could not be found out ({string.Join("; ", said)}). Set it with --axon.external_ip.");
    }

    async Task<(Uri Service, IPAddress? Address, string? Fault)> AskAsync(Uri service, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync(service, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
                return (service, null, $"HTTP {(int)response.StatusCode}");
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[AnswerLimit];
            var length = await body.ReadAtLeastAsync(buffer, AnswerLimit, throwOnEndOfStream: false, cancellation);
            return length < AnswerLimit && ReadAddress(buffer.AsSpan(0, length)) is { } address
                ? (service, address, null)
                : (service, null, "no usable address");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (service, null, e is OperationCanceledException ? "no answer in time" : "unreachable");
        }
    }

    static IPAddress? ReadAddress(ReadOnlySpan<byte> answer)
    {
        // IPAddress reads "1" and "0x7f.1" too; only the written-out form is an answer.
        var text = Encoding.ASCII.GetString(answer).Trim();
        return IPAddress.TryParse(text, out var address) && PublicAddress.Is(address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text)
            ? address
            : null;
    }

    static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        SocketException? last = null;
        foreach (var address in found.OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException fault)
            {
                last = fault;
                socket.Dispose();
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
