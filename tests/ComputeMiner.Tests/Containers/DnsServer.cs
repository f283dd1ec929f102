using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Tests.Containers;

/// <summary>Answers every question for an IPv4 address with the same one (RFC 1035 4.1).</summary>
sealed class DnsServer : IDisposable
{
    readonly Socket _socket;

    public DnsServer(NetworkNamespace network, IPAddress at, IPAddress answer)
    {
        _socket = network.Open(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(at, 53));
            return socket;
        });
        _ = ServeAsync(answer);
    }

    public void Dispose() => _socket.Dispose();

    async Task ServeAsync(IPAddress answer)
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var question = buffer.AsSpan(12, got.ReceivedBytes - 12);
                // The name up to its zero, then type and class: what follows is an EDNS record, not repeated.
                var end = 12 + question.IndexOf((byte)0) + 5;
                var isAddress = buffer[end - 3] == 1;
                byte[] reply =
                [
                    buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0, .. buffer.AsSpan(12, end - 12),
                    .. isAddress ? (byte[])[0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. answer.GetAddressBytes()] : [],
                ];
                await _socket.SendToAsync(reply, got.RemoteEndPoint);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }
}
