using System.Buffers.Binary;
using System.Net;

namespace ChatAkka.Node.Transport;

/// <summary>Reads the header of the PROXY protocol, version 2, with which a proxy says where a client comes from. Pure.</summary>
/// <remarks>The specification is that of HAProxy, https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2. Layout, all numbers big-endian:
/// 12 bytes signature; version 2 and command in one byte; family and transport in one byte; 16 bits length of the rest. The rest is, for TCP over IPv4 or IPv6:
/// source address, destination address, 16 bits source port, 16 bits destination port; then extensions, which are skipped.</remarks>
internal static class ProxyHeader
{
    /// <summary>Bytes of the part that says how long the rest is.</summary>
    public const int StartLength = 16;

    /// <summary>A header with more than this after its start is not accepted: addresses need 36 bytes, and extensions of proxies in use some tens.</summary>
    public const int MostRest = 1024;

    private const byte Local = 0x20;
    private const byte Proxied = 0x21;
    private const byte TcpOverIpV4 = 0x11;
    private const byte TcpOverIpV6 = 0x21;
    private const int PortBytes = 2;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Says how many bytes come after the start.</summary>
    /// <param name="start">The first <see cref="StartLength"/> bytes of the connection.</param>
    /// <returns>The number; null if this is no such header, or a longer one than is accepted.</returns>
    public static int? RestOf(ReadOnlySpan<byte> start)
    {
        if (start.Length != StartLength || !start.StartsWith(Signature) || start[Signature.Length] is not (Local or Proxied))
            return null;
        var rest = BinaryPrimitives.ReadUInt16BigEndian(start[(StartLength - sizeof(ushort))..]);
        return rest <= MostRest ? rest : null;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="start">Its start, for which <see cref="RestOf"/> gave a number.</param>
    /// <param name="rest">As many bytes after it.</param>
    /// <param name="client">The client's address; null if the connection is the proxy's own, for example to check whether the node lives.</param>
    /// <returns>False if the header does not name a client over TCP.</returns>
    public static bool TryRead(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, out IPEndPoint? client)
    {
        client = null;
        if (start[Signature.Length] == Local)
            return true;
        var addressBytes = start[Signature.Length + 1] switch
        {
            TcpOverIpV4 => 4,
            TcpOverIpV6 => 16,
            _ => 0,
        };
        if (addressBytes == 0 || rest.Length < 2 * (addressBytes + PortBytes))
            return false;
        client = new IPEndPoint(new IPAddress(rest[..addressBytes]), BinaryPrimitives.ReadUInt16BigEndian(rest[(2 * addressBytes)..]));
        return true;
    }
}
