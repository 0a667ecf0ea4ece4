using System.Buffers.Binary;
using System.Net;
using ChatAkka.Node.Transport;
using CsCheck;

namespace ChatAkka.Node.Tests.Transport;

public class ProxyHeaderSpecs
{
    private static readonly Gen<IPEndPoint> s_clients = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort, (bytes, port) => new IPEndPoint(new IPAddress(bytes), port));

    private static readonly Gen<byte[]> s_extensions = Gen.Byte.Array[0, ProxyHeader.MostRest - 36];

    [Fact]
    public void Should_read_every_client_whatever_extensions_follow() => Gen.Select(s_clients, s_extensions).Sample((client, extensions) =>
    {
        Read(Header(client, extensions), out var read).ShouldBeTrue();
        read.ShouldBe(client);
    });

    [Fact]
    public void Should_accept_no_header_that_is_cut_short_or_has_another_start() => Gen.Select(s_clients, Gen.Int[0, 12], Gen.Byte).Sample((client, at, value) =>
    {
        var header = Header(client, []);
        for (var length = 0; length < header.Length; length++)
            Read(header[..length], out _).ShouldBeFalse();
        if (header[at] == value || (at == 12 && value == 0x20))
            return;
        header[at] = value;
        Read(header, out _).ShouldBeFalse();
    });

    [Fact]
    public void Should_throw_for_no_bytes() => Gen.Byte.Array[0, 80].Sample(bytes =>
    {
        Read(bytes, out _);
        Read([.. Header(new IPEndPoint(0, 0), [])[..12], .. bytes], out _);
    });

    [Theory]
    [InlineData(0x20, 0x00, 0, true)]
    [InlineData(0x20, 0x11, 12, true)]
    [InlineData(0x21, 0x00, 0, false)]
    [InlineData(0x21, 0x12, 12, false)]
    [InlineData(0x21, 0x31, 216, false)]
    [InlineData(0x21, 0x11, 11, false)]
    [InlineData(0x21, 0x21, 35, false)]
    [InlineData(0x22, 0x11, 12, false)]
    [InlineData(0x11, 0x11, 12, false)]
    [InlineData(0x21, 0x11, ProxyHeader.MostRest + 1, false)]
    public void Should_accept_clients_over_TCP_and_the_own_connections_of_a_proxy(byte command, byte family, int length, bool isGood)
    {
        var bytes = new byte[16 + length];
        "\r\n\r\n\0\r\nQUIT\n"u8.CopyTo(bytes);
        (bytes[12], bytes[13]) = (command, family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)length);
        Read(bytes, out var client).ShouldBe(isGood);
        client.ShouldBeNull();
    }

    /// <summary>A header as a proxy sends it.</summary>
    internal static byte[] Header(IPEndPoint client, byte[] extensions)
    {
        var address = client.Address.GetAddressBytes();
        var bytes = new List<byte>([.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, (byte)(address.Length == 4 ? 0x11 : 0x21)]);
        var length = (2 * address.Length) + 4 + extensions.Length;
        bytes.AddRange([(byte)(length >> 8), (byte)length, .. address, .. new byte[address.Length], (byte)(client.Port >> 8), (byte)client.Port, 1, 2, .. extensions]);
        return [.. bytes];
    }

    private static bool Read(byte[] bytes, out IPEndPoint? client)
    {
        client = null;
        return bytes.Length >= 16 && ProxyHeader.RestOf(bytes.AsSpan(0, 16)) is { } rest && bytes.Length - 16 >= rest
            && ProxyHeader.TryRead(bytes.AsSpan(0, 16), bytes.AsSpan(16, rest), out client);
    }
}
