namespace ChatAkka.Protocol.Internode;

/// <summary>The content of a link frame: entries in this direction, and an acknowledgement of the entries of the other direction.</summary>
/// <remarks>
/// Layout, in this order:
/// <code>
/// version:u8 (1)  flags:u8 (bit 0 gap)  first:varint  count:varint  ackSeen:varint  ack:varint
/// failures:varint, per failure: distance of its number below ack:varint  code:u8
/// count entries, each: length:varint, LinkEntry
/// </code>
/// The entries of each pair of origin and target are numbered from 1. <see cref="Ack"/> is cumulative. The other side confirms in
/// <see cref="AckSeen"/> which acknowledgement it has received. Every frame repeats the failures of all entries after that one. So if a frame with
/// a failure is lost, a later acknowledgement cannot make the origin believe that the entry was delivered.
/// </remarks>
public sealed class LinkBody
{
    /// <summary>The version of the layout that this code writes.</summary>
    public const byte Version = 1;

    /// <summary>The largest size of the part before the entries, without failures, in bytes.</summary>
    public const int MaxHeaderBytes = 2 + (5 * 10);

    /// <summary>The largest size of one failure, in bytes.</summary>
    public const int MaxFailureBytes = 11;

    private const byte GapFlag = 1;

    /// <summary>Number of the first entry. If the frame has no entries, the number that the next entry will have.</summary>
    public required long First { get; init; }

    /// <summary>The number of entries.</summary>
    public required int Count { get; init; }

    /// <summary>The highest acknowledgement that the sender of this frame has received.</summary>
    public required long AckSeen { get; init; }

    /// <summary>The sender of this frame has taken all entries of the other direction up to this number.</summary>
    public required long Ack { get; init; }

    /// <summary>True if entries are missing: a frame came whose first entry was not the next expected one. The other side has to send
    /// all entries after <see cref="Ack"/> again.</summary>
    public required bool Gap { get; init; }

    /// <summary>Entries up to <see cref="Ack"/> that were not delivered, lowest number first.</summary>
    public required IReadOnlyList<LinkFailure> Failures { get; init; }

    /// <summary>The encoded entries, each after its length. Read them with <see cref="LinkEntryReader"/>.</summary>
    public required ReadOnlyMemory<byte> Entries { get; init; }

    /// <summary>Encodes the body.</summary>
    public byte[] ToBytes()
    {
        var space = new byte[MaxHeaderBytes + (Failures.Count * MaxFailureBytes) + Entries.Length];
        var writer = new WireWriter(space);
        writer.Byte(Version);
        writer.Byte(Gap ? GapFlag : (byte)0);
        writer.Varint(First);
        writer.Varint(Count);
        writer.Varint(AckSeen);
        writer.Varint(Ack);
        writer.Varint(Failures.Count);
        foreach (var failure in Failures)
        {
            writer.Varint(Ack - failure.Number);
            writer.Byte((byte)failure.Code);
        }

        writer.Raw(Entries.Span);
        return writer.Position == space.Length ? space : space[..writer.Position];
    }

    /// <summary>Decodes a body. Its entries are not copied: they point into <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">The bytes are not a valid body, or have a version that this code cannot read.</exception>
    public static LinkBody Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes.Span);
        var version = reader.Byte();
        if (version != Version)
            throw new FormatException($"link version {version}");
        var flags = reader.Byte();
        var first = reader.Varint();
        var count = reader.Varint();
        var seen = reader.Varint();
        var ack = reader.Varint();
        if (first < 1 || count < 0 || count > bytes.Length || seen < 0 || ack < 0)
            throw new FormatException("a number is out of range");
        var failures = new LinkFailure[reader.Length() switch { var n when n <= bytes.Length / 2 => n, _ => throw new FormatException("too many failures") }];
        for (var i = 0; i < failures.Length; i++)
        {
            var number = ack - reader.Varint();
            var code = reader.Byte();
            failures[i] = new LinkFailure(number, ErrorCodes.IsKnown(code) ? (ErrorCode)code : ErrorCode.Internal);
        }

        return new LinkBody
        {
            First = first,
            Count = (int)count,
            AckSeen = seen,
            Ack = ack,
            Gap = (flags & GapFlag) != 0,
            Failures = failures,
            Entries = bytes[reader.Position..],
        };
    }
}
