using System.Buffers.Binary;
using System.Text;

namespace ChatAkka.Runtime.Proof;

/// <summary>The messages with which members prove their cookie, before the first byte of Akka.Remote.</summary>
/// <remarks>
/// <code>
/// message   = magic "CAK" F1  kind:u8  length:u16  body, at most 1 KiB; numbers are little-endian
/// Hello     = nonce[32]  from:text  to:text  count:u8  cookieId[8] for each      the member that dials; both addresses are HOST:PORT
/// Challenge = nonce[32]  cookieId[8]  mac[32]                                   the member that was dialled; it chose one of the cookies
/// Proof     = mac[32]                                                          the member that dials
/// Welcome   = nothing                                                          the member that was dialled; payloads follow
/// Refused   = reason:u8                                                        then the connection ends
/// text      = length:u16  UTF-8
/// </code>
/// As the length of a payload, which is what members of before expect at the beginning, the magic is below 0: they end the connection.
/// </remarks>
internal static class ProofWire
{
    /// <summary>Length of a random value that is used once.</summary>
    public const int NonceBytes = 32;

    /// <summary>Length of a proof.</summary>
    public const int MacBytes = 32;

    /// <summary>Length of what comes before the body.</summary>
    public const int HeaderBytes = 7;

    /// <summary>The longest body. The longest host name has 253 bytes.</summary>
    public const int MostBytes = 1024;

    /// <summary>Length of <see cref="IsMagic"/>'s bytes.</summary>
    public const int MagicBytes = 4;

    /// <summary>The kinds of messages.</summary>
    public enum Kind : byte
    {
        Hello = 1,
        Challenge = 2,
        Proof = 3,
        Welcome = 4,
        Refused = 5,
    }

    private static ReadOnlySpan<byte> Magic => [(byte)'C', (byte)'A', (byte)'K', 0xF1];

    /// <summary>True if a connection begins with a message of this kind.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> start) => start.Length >= MagicBytes && start[..MagicBytes].SequenceEqual(Magic);

    /// <summary>True if a connection begins with a record of a TLS handshake.</summary>
    public static bool IsTls(ReadOnlySpan<byte> start) => start.Length >= MagicBytes && start[0] == 0x16 && start[1] == 3 && start[2] is >= 1 and <= 4;

    /// <summary>Writes a message.</summary>
    public static byte[] Message(Kind kind, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[HeaderBytes + body.Length];
        Magic.CopyTo(bytes);
        bytes[MagicBytes] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(MagicBytes + 1), (ushort)body.Length);
        body.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Reads what comes before the body: the kind and the length of the body; null if it is no message.</summary>
    public static (Kind Kind, int Length)? Header(ReadOnlySpan<byte> bytes)
    {
        if (!IsMagic(bytes) || bytes.Length < HeaderBytes)
            return null;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(MagicBytes + 1)..]);
        return length <= MostBytes ? ((Kind)bytes[MagicBytes], length) : null;
    }

    /// <summary>The reason of a refusal at the beginning of a connection; null if it is none.</summary>
    public static Refusal? RefusalOf(ReadOnlySpan<byte> bytes) =>
        Header(bytes) is (Kind.Refused, 1) && bytes.Length > HeaderBytes ? (Refusal)bytes[HeaderBytes] : null;

    /// <summary>Writes the body of a hello.</summary>
    public static byte[] Hello(ReadOnlySpan<byte> nonce, string from, string to, IReadOnlyList<Cookie> cookies)
    {
        using var body = new MemoryStream();
        body.Write(nonce);
        Write(body, from);
        Write(body, to);
        body.WriteByte((byte)cookies.Count);
        foreach (var cookie in cookies)
            body.Write(cookie.Id);
        return body.ToArray();
    }

    /// <summary>Reads the body of a hello; null if it has another form.</summary>
    public static (string From, string To, IReadOnlyList<byte[]> CookieIds)? ReadHello(ReadOnlySpan<byte> body)
    {
        if (body.Length < NonceBytes)
            return null;
        var rest = body[NonceBytes..];
        if (!TryRead(ref rest, out var from) || !TryRead(ref rest, out var to) || rest.Length == 0 || rest.Length != 1 + rest[0] * Cookie.IdBytes)
            return null;
        var ids = new List<byte[]>();
        for (var i = 1; i < rest.Length; i += Cookie.IdBytes)
            ids.Add(rest.Slice(i, Cookie.IdBytes).ToArray());
        return (from, to, ids);
    }

    private static void Write(MemoryStream body, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        body.Write([(byte)bytes.Length, (byte)(bytes.Length >> 8)]);
        body.Write(bytes);
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.Length < 2)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (rest.Length < 2 + length)
            return false;
        text = Encoding.UTF8.GetString(rest.Slice(2, length));
        rest = rest[(2 + length)..];
        return true;
    }
}
