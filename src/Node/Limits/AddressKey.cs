using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ChatAkka.Node.Limits;

/// <summary>What counts as one address: an address of IPv4, or the first 64 bits of one of IPv6, because a host there has all of the rest.</summary>
/// <param name="IsV6">True for IPv6.</param>
/// <param name="Bits">The address, or its first half.</param>
internal readonly record struct AddressKey(bool IsV6, ulong Bits)
{
    /// <summary>Gives the key of an address. An address of IPv4 that is written as one of IPv6 counts as IPv4.</summary>
    public static AddressKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
