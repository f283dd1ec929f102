using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ComputeMiner;

/// <summary>
/// Ports for what starts later. None that the kernel gives to outgoing connections: between the choice and the use one of those would take
/// it now and then, and a container's port is used again and again.
/// </summary>
static class FreePort
{
    const int Lowest = 10_000;
    const int Tries = 1000;
    const string Outgoing = "/proc/sys/net/ipv4/ip_local_port_range";

    static readonly ConcurrentDictionary<ushort, bool> Given = [];

    /// <summary>A TCP port nobody listens on at this moment, and which this process was not given before.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static ushort Next()
    {
        var end = EndOfRange();
        for (var tried = 0; tried < Tries; tried++)
            if (Random.Shared.Next(Lowest, end) is var port && IsFree(port) && Given.TryAdd((ushort)port, true))
                return (ushort)port;
        throw new InvalidOperationException($"None of {Tries} ports from {Lowest} to {end - 1} is free.");
    }

    // Where an operator gave nearly all of them to outgoing connections, any will have to do.
    static int EndOfRange()
    {
        var first = File.Exists(Outgoing)
            ? int.Parse(File.ReadAllText(Outgoing).Split('\t', ' ')[0], CultureInfo.InvariantCulture)
            : 0;
        return first >= 2 * Lowest ? first : ushort.MaxValue + 1;
    }

    static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
