using Google.Protobuf;

namespace ChatAkka.Startup.Tests.Members;

/// <summary>Payloads of Akka.Remote, whose own types are not public.</summary>
internal static class Payloads
{
    /// <summary>The first payload of an association.</summary>
    public static byte[] Associate(string host, uint port) =>
        Message(2, [.. Number(1, 1), .. Message(2, [.. Message(1, [.. Text(1, "member"), .. Text(2, host), .. Number(3, port), .. Text(4, "tcp")]), .. Fixed(2)])]);

    public static byte[] Message(int field, byte[] body) => Write(o =>
    {
        o.WriteTag(field, WireFormat.WireType.LengthDelimited);
        o.WriteBytes(ByteString.CopyFrom(body));
    });

    public static byte[] Text(int field, string text) => Message(field, System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Number(int field, uint number) => Write(o =>
    {
        o.WriteTag(field, WireFormat.WireType.Varint);
        o.WriteUInt32(number);
    });

    private static byte[] Fixed(int field) => Write(o =>
    {
        o.WriteTag(field, WireFormat.WireType.Fixed64);
        o.WriteFixed64(7);
    });

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }
}
