using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>
/// Sends junk at a steady rate, a new connection for each: two thirds from 250 addresses, a third from the validator's own. A process of
/// its own; it waits for no answer and drops connections after a second, the slow ones after ten.
/// </summary>
static class JunkFlood
{
    public const string Usage = "junk IP:PORT AXON-HOTKEY VALIDATOR-HOTKEY PER-SECOND SECONDS";

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Prints how many were sent by kind and how many could not be.</summary>
    public static void Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is not [var endPoint, var axon, var validator, var rateText, var secondsText])
            throw new ArgumentException(Usage);
        var target = new AxonTarget(IPEndPoint.Parse(endPoint), Hotkey.Parse(axon));
        var junk = new JunkRequests(target, Hotkey.Parse(validator));
        var (rate, seconds) = (double.Parse(rateText, CultureInfo.InvariantCulture), double.Parse(secondsText, CultureInfo.InvariantCulture));
        var kinds = Enum.GetValues<JunkKind>();
        var ready = kinds.Select(junk.Make).ToArray();
        var open = new Queue<(Socket Socket, double Until)>();
        var slow = new Queue<(Socket Socket, double Until)>();
        var sent = new long[kinds.Length];
        var failed = 0L;
        var start = Stopwatch.GetTimestamp();
        var forgedAt = 0.0;
        for (var i = 0L; ; i++)
        {
            var now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            while (i / rate > now)
            {
                Thread.Sleep(Tick);
                now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            if (now >= seconds)
                break;
            if (now - forgedAt > 2)
                (ready[(int)JunkKind.Forged], forgedAt) = (junk.Make(JunkKind.Forged), now);
            Close(open, now);
            Close(slow, now);
            var kind = kinds[i % kinds.Length];
            if (TrySend(target.EndPoint, From(i), ready[(int)kind]) is { } socket)
            {
                sent[(int)kind]++;
                (kind == JunkKind.Slow ? slow : open).Enqueue((socket, now + (kind == JunkKind.Slow ? 10 : 1)));
            }
            else
            {
                failed++;
            }
        }
        Console.WriteLine(string.Join(", ", kinds.Select(kind => $"{kind} {sent[(int)kind]}")) + $", not sent {failed}");
        Close(open, double.MaxValue);
        Close(slow, double.MaxValue);
    }

    static IPAddress From(long i) => i % 3 == 0 ? IPAddress.Loopback : new IPAddress([127, 0, 1, (byte)(1 + (i % 250))]);

    static Socket? TrySend(IPEndPoint target, IPAddress from, byte[] bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            socket.Connect(target);
            socket.Send(bytes);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    static void Close(Queue<(Socket Socket, double Until)> sockets, double now)
    {
        while (sockets.TryPeek(out var first) && first.Until <= now)
            sockets.Dequeue().Socket.Dispose();
    }
}
