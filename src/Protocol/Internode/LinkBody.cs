namespace ChatAkka.Protocol.Internode;

/// <summary>What one link frame says: entries this way, and an acknowledgement of the other way.</summary>
/// <remarks>
/// Layout, in this order:
/// <code>
/// version:u8 (1)  flags:u8 (bit 0 gap)  first:varint  count:varint  ackSeen:varint  ack:varint
/// failures:varint, per failure: distance of its number below ack:varint  code:u8
/// count entries, each: length:varint, LinkEntry
/// </code>
/// Numbers count entries from 1, per origin and target. <see cref="Ack"/> is cumulative; the failures of all entries behind the
/// last acknowledgement that the other side said it saw (<see cref="AckSeen"/>) come with every frame, so that an acknowledgement
/// that overtakes a lost one cannot turn "not here" into "delivered".
/// </remarks>
public sealed class LinkBody
{
    /// <summary>The version of the layout that this code writes.</summary>
    public const byte Version = 1;

    /// <summary>The most bytes in front of the entries, without failures.</summary>
    public const int MaxHeaderBytes = 2 + (5 * 10);

    /// <summary>The most bytes that one failure takes.</summary>
    public const int MaxFailureBytes = 11;

    private const byte GapFlag = 1;

    /// <summary>Number of the first entry; where there is none, the number the next one will have.</summary>
    public required long First { get; init; }

    /// <summary>How many entries there are.</summary>
    public required int Count { get; init; }

    /// <summary>Highest acknowledgement that the sender of this frame has taken in.</summary>
    public required long AckSeen { get; init; }

    /// <summary>All entries of the other direction up to this number were taken.</summary>
    public required long Ack { get; init; }

    /// <summary>True where a frame came whose first entry was not the next one expected: send again behind <see cref="Ack"/>.</summary>
    public required bool Gap { get; init; }

    /// <summary>Entries up to <see cref="Ack"/> that were not delivered, lowest number first.</summary>
    public required IReadOnlyList<LinkFailure> Failures { get; init; }

    /// <summary>The entries as they lie in the frame, each behind its length; read with <see cref="LinkEntryReader"/>.</summary>
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

    /// <summary>Decodes a body; its entries stay in <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">The bytes are no body of a version this code reads.</exception>
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
