using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bittensor.Tests.Axon;

/// <summary>A plain TCP connection that sends exactly the bytes it is told and reads one HTTP answer at a time.</summary>
sealed class RawConnection : IDisposable
{
    readonly TcpClient _client;
    readonly List<byte> _pending = [];

    NetworkStream _stream = null!;

    RawConnection(IPAddress from) => _client = new TcpClient(new IPEndPoint(from, 0)) { NoDelay = true };

    public static async Task<RawConnection> OpenAsync(IPEndPoint endPoint, IPAddress from)
    {
        var connection = new RawConnection(from);
        await connection._client.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
        connection._stream = connection._client.GetStream();
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Says that nothing more will be sent.</summary>
    public void FinishSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    /// <summary>The next answer, by its Content-Length.</summary>
    public async Task<RawResponse> ReceiveAsync()
    {
        int end;
        while ((end = HeadEnd()) < 0)
        {
            if (!await FillAsync())
                throw new EndOfStreamException($"The connection closed after {_pending.Count} bytes of head.");
        }
        var lines = Encoding.Latin1.GetString([.. _pending[..end]]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])).ToList();
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var lengthText = headers.FirstOrDefault(header => header.Key.Equals("content-length", StringComparison.OrdinalIgnoreCase)).Value ?? "0";
        var length = int.Parse(lengthText, CultureInfo.InvariantCulture);
        while (_pending.Count < end + 4 + length)
        {
            if (!await FillAsync())
                throw new EndOfStreamException("The connection closed inside the body.");
        }
        var body = Encoding.UTF8.GetString([.. _pending.GetRange(end + 4, length)]);
        _pending.RemoveRange(0, end + 4 + length);
        return new RawResponse(status, headers, body);
    }

    /// <summary>True when the other side closes without sending anything more.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _pending.Count == 0 && !await FillAsync();
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Everything until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }
        return Encoding.Latin1.GetString([.. _pending]);
    }

    public void Dispose() => _client.Dispose();

    int HeadEnd()
    {
        for (var i = 0; i + 3 < _pending.Count; i++)
        {
            if (_pending[i] == '\r' && _pending[i + 1] == '\n' && _pending[i + 2] == '\r' && _pending[i + 3] == '\n')
                return i;
        }
        return -1;
    }

    async Task<bool> FillAsync()
    {
        var buffer = new byte[4096];
        var read = await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        _pending.AddRange(buffer.AsSpan(0, read));
        return read > 0;
    }
}
