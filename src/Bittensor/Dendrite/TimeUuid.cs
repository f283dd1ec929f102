using System.Security.Cryptography;

namespace Bittensor.Dendrite;

/// <summary>A version-1 UUID (RFC 9562, section 5.1) with a random node, as Python's <c>uuid1</c> makes without a network card.</summary>
static class TimeUuid
{
    /// <summary>Ticks of 100 ns between the Gregorian reform, 15 October 1582, where these UUIDs begin, and year 1.</summary>
    static readonly long Epoch = new DateTime(1582, 10, 15, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>36 lower-case characters.</summary>
    public static string Create(DateTimeOffset now)
    {
        var ticks = now.UtcTicks - Epoch;
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var clock = (byte)((random[0] & 0x3f) | 0x80);
        // The multicast bit tells a random node from a real network card.
        random[2] |= 0x01;
        return new Guid(
            (uint)ticks, (ushort)(ticks >> 32), (ushort)(((ticks >> 48) & 0x0fff) | 0x1000),
            clock, random[1], random[2], random[3], random[4], random[5], random[6], random[7]).ToString();
    }
}
