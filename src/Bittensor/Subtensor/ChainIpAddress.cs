using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Bittensor.Subtensor;

/// <summary>The chain's form of an IP address: the address in network byte order read as one u128, and a type of 4 or 6.</summary>
public static class ChainIpAddress
{
    /// <summary>The number of an IPv4 or IPv6 address; an IPv4 address mapped into IPv6 counts as IPv4.</summary>
    public static UInt128 ToNumber(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = Unmap(address).GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The address of a number. Below 2^32 it is IPv4 whatever type stands beside it, as the Python SDK reads it.</summary>
    public static IPAddress FromNumber(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return number <= uint.MaxValue ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>4 or 6.</summary>
    public static byte TypeOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Unmap(address).AddressFamily == AddressFamily.InterNetwork ? (byte)4 : (byte)6;
    }

    static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
