using Akka.Actor;
using Akka.Serialization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The Akka serializer for the events of mailboxes in the journal. It is bound in <c>hocon/node.conf</c>.</summary>
/// <remarks>
/// Each manifest names a layout. A changed layout gets a new manifest, and no manifest is ever used again, because journals live long.
/// <code>
/// st1 Stored    origin:node  stream:varint  upTo:varint  time:i64  failures:varint, each: distance below upTo:varint  code:u8
///               count:varint, each: entry:blob
/// fi1 Finished  upTo:varint
/// li1 Lifted    upTo:varint  time:i64
/// re1 Returned  first:varint  count:varint, each: entry:blob
/// </code>
/// </remarks>
internal sealed class MailboxEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Identifies this serializer in the journal.</summary>
    public const int Id = 7411;

    private const int Number = 10;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        MailboxEvent.Stored => "st1",
        MailboxEvent.Finished => "fi1",
        MailboxEvent.Lifted => "li1",
        MailboxEvent.Returned => "re1",
        _ => throw new ArgumentException($"{o.GetType()} is no event of a mailbox", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj switch
    {
        MailboxEvent.Stored e => Write(e),
        MailboxEvent.Finished e => Write(e),
        MailboxEvent.Lifted e => Write(e),
        MailboxEvent.Returned e => Write(e),
        _ => throw new ArgumentException($"{obj.GetType()} is no event of a mailbox", nameof(obj)),
    };

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "st1" => ReadStored(bytes),
        "fi1" => new MailboxEvent.Finished(new WireReader(bytes).Varint()),
        "li1" => ReadLifted(bytes),
        "re1" => ReadReturned(bytes),
        _ => throw new System.Runtime.Serialization.SerializationException($"an event of a mailbox has the unknown manifest '{manifest}': a newer version of the server wrote it"),
    };

    /// <summary>Writes failures.</summary>
    internal static void Write(ref WireWriter writer, long upTo, IReadOnlyList<LinkFailure> failures)
    {
        writer.Varint(failures.Count);
        foreach (var failure in failures)
        {
            writer.Varint(upTo - failure.Number);
            writer.Byte((byte)failure.Code);
        }
    }

    /// <summary>Reads failures.</summary>
    internal static IReadOnlyList<LinkFailure> ReadFailures(ref WireReader reader, long upTo)
    {
        List<LinkFailure> failures = [];
        for (var n = reader.Varint(); n > 0; n--)
        {
            var number = upTo - reader.Varint();
            var code = reader.Byte();
            failures.Add(new LinkFailure(number, ErrorCodes.IsKnown(code) ? (ErrorCode)code : ErrorCode.Internal));
        }

        return failures;
    }

    private static byte[] Write(MailboxEvent.Stored e)
    {
        var bytes = new byte[WireWriter.NodeSize(e.Origin) + (4 * Number) + 8 + (e.Failures.Count * LinkBody.MaxFailureBytes)
            + e.Kept.Sum(k => WireWriter.BlobSize(k.Length))];
        var writer = new WireWriter(bytes);
        writer.Node(e.Origin);
        writer.Varint(e.Stream);
        writer.Varint(e.UpTo);
        writer.Int64(e.Time);
        Write(ref writer, e.UpTo, e.Failures);
        Write(ref writer, e.Kept);
        return bytes[..writer.Position];
    }

    private static void Write(ref WireWriter writer, IReadOnlyList<byte[]> entries)
    {
        writer.Varint(entries.Count);
        foreach (var entry in entries)
            writer.Blob(entry);
    }

    private static List<byte[]> ReadEntries(ref WireReader reader)
    {
        List<byte[]> entries = [];
        for (var n = reader.Varint(); n > 0; n--)
            entries.Add(reader.Blob().ToArray());
        return entries;
    }

    private static byte[] Write(MailboxEvent.Lifted e)
    {
        var bytes = new byte[WireWriter.VarintSize(e.UpTo) + 8];
        var writer = new WireWriter(bytes);
        writer.Varint(e.UpTo);
        writer.Int64(e.Time);
        return bytes;
    }

    private static MailboxEvent.Lifted ReadLifted(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxEvent.Lifted(reader.Varint(), reader.Int64());
    }

    private static byte[] Write(MailboxEvent.Returned e)
    {
        var bytes = new byte[(2 * Number) + e.Entries.Sum(entry => WireWriter.BlobSize(entry.Length))];
        var writer = new WireWriter(bytes);
        writer.Varint(e.First);
        Write(ref writer, e.Entries);
        return bytes[..writer.Position];
    }

    private static MailboxEvent.Returned ReadReturned(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxEvent.Returned(reader.Varint(), ReadEntries(ref reader));
    }

    private static MailboxEvent.Stored ReadStored(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var (origin, stream, upTo, time) = (reader.Node(), reader.Varint(), reader.Varint(), reader.Int64());
        var failures = ReadFailures(ref reader, upTo);
        return new MailboxEvent.Stored(origin, stream, upTo, time, failures, ReadEntries(ref reader));
    }

    private static byte[] Write(MailboxEvent.Finished e)
    {
        var bytes = new byte[WireWriter.VarintSize(e.UpTo)];
        new WireWriter(bytes).Varint(e.UpTo);
        return bytes;
    }
}
