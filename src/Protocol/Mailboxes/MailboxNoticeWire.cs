using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>The byte layouts of single messages about mailboxes, for <see cref="InternodeSerializer"/>. Those of batches are in
/// <see cref="MailboxWire"/>.</summary>
/// <remarks>
/// <code>
/// mnu1 MailboxNudge     user:text  connection:varint
/// mlk1 MailboxQuestion  user:text
/// mdp1 MailboxDepth     waiting:varint  bytes:varint  last:varint  reader?
/// </code>
/// </remarks>
internal static class MailboxNoticeWire
{
    private const int Number = 10;

    public static byte[] Write(MailboxNudge m)
    {
        var bytes = new byte[MailboxWire.TextSize(m.User) + WireWriter.VarintSize(m.Connection)];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        writer.Varint(m.Connection);
        return bytes;
    }

    public static MailboxNudge ReadNudge(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxNudge(reader.Text(), reader.Varint());
    }

    public static byte[] Write(MailboxQuestion m)
    {
        var bytes = new byte[MailboxWire.TextSize(m.User)];
        new WireWriter(bytes).Text(m.User);
        return bytes;
    }

    public static MailboxQuestion ReadQuestion(byte[] bytes) => new(new WireReader(bytes).Text());

    public static byte[] Write(MailboxDepth m)
    {
        var space = new byte[(3 * Number) + 1 + (m.Reader is null ? 0 : MailboxWire.ReaderSize(m.Reader))];
        var writer = new WireWriter(space);
        writer.Varint(m.Waiting);
        writer.Varint(m.Bytes);
        writer.Varint(m.Last);
        MailboxWire.WriteOptional(ref writer, m.Reader);
        return space[..writer.Position];
    }

    public static MailboxDepth ReadDepth(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxDepth(reader.Varint(), reader.Varint(), reader.Varint(), MailboxWire.ReadOptional(ref reader));
    }
}
