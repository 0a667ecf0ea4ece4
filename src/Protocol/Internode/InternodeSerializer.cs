using Akka.Actor;
using Akka.Serialization;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Protocol.Internode;

/// <summary>Akka serializer of every <see cref="InternodeMessage"/>. Bound in <c>hocon/common.conf</c>.</summary>
/// <remarks>
/// Layouts by manifest. A changed layout gets a new manifest, and a manifest is never reused:
/// <code>
/// lf1 LinkFrame     origin:node  target:node  term:varint  body
/// rh1 RelayHello    term:varint
/// gh1 GatewayHello  node:node  term:varint
/// ns1 NodeStatus    node:node  clientAddress:blob  connections:varint  capacity:varint  wantsReply:u8  [tlsAddress:blob capacity:varint] if there is one
/// aq1 AgentQuestion kind:blob  body
/// aa1 AgentAnswer   error:blob  body
/// node = host:blob  port:varint  uid:varint, folded so that one of 32 bits takes five bytes at most (WireWriter.FoldUid)
/// </code>
/// The layouts of messages to accounts (ac…) are in <see cref="AccountWire"/>, and those of mailbox messages (m…) in <see cref="MailboxWire"/>. Up to version 1 of the mailboxes mst1, mpl1, mlv1, mok1, mon1, mch1 and mlf1 were in
/// use as well.
/// </remarks>
public sealed class InternodeSerializer : SerializerWithStringManifest
{
    /// <summary>Identifies this serializer in messages between processes. Akka reserves 0 to 40 for its own serializers.</summary>
    public const int Id = 7410;

    /// <summary>Called by Akka.</summary>
    /// <param name="system">The actor system.</param>
    public InternodeSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        LinkFrame => "lf1",
        RelayHello => "rh1",
        GatewayHello => "gh1",
        NodeStatus => "ns1",
        PartitionBatch => "mpb1",
        PartitionAnswer => "mpa1",
        MailboxNudge => "mnu1",
        MailboxQuestion => "mlk1",
        MailboxDepth => "mdp1",
        AgentQuestion => "aq1",
        AgentAnswer => "aa1",
        AccountQuestion => "acq1",
        AccountAnswer => "aca1",
        _ => throw new ArgumentException($"{o.GetType()} does not pass between processes", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj switch
    {
        LinkFrame m => Write(m),
        RelayHello m => Write(m),
        GatewayHello m => Write(m),
        NodeStatus m => Write(m),
        PartitionBatch m => MailboxWire.Write(m),
        PartitionAnswer m => MailboxWire.Write(m),
        MailboxNudge m => MailboxNoticeWire.Write(m),
        MailboxQuestion m => MailboxNoticeWire.Write(m),
        MailboxDepth m => MailboxNoticeWire.Write(m),
        AgentQuestion m => Write(m.Kind, m.Body),
        AgentAnswer m => Write(m.Error, m.Body),
        AccountQuestion m => AccountWire.Write(m),
        AccountAnswer m => AccountWire.Write(m),
        _ => throw new ArgumentException($"{obj.GetType()} does not pass between processes", nameof(obj)),
    };

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "lf1" => ReadFrame(bytes),
        "rh1" => new RelayHello(new WireReader(bytes).Varint()),
        "gh1" => ReadGatewayHello(bytes),
        "ns1" => ReadStatus(bytes),
        "mpb1" => MailboxWire.ReadBatch(bytes),
        "mpa1" => MailboxWire.ReadAnswers(bytes),
        "mnu1" => MailboxNoticeWire.ReadNudge(bytes),
        "mlk1" => MailboxNoticeWire.ReadQuestion(bytes),
        "mdp1" => MailboxNoticeWire.ReadDepth(bytes),
        "aq1" => ReadQuestion(bytes),
        "aa1" => ReadAnswer(bytes),
        "acq1" => AccountWire.ReadQuestion(bytes),
        "aca1" => AccountWire.ReadAnswer(bytes),
        _ => throw new System.Runtime.Serialization.SerializationException($"unknown manifest '{manifest}': a newer version speaks"),
    };

    private static byte[] Write(LinkFrame m)
    {
        var bytes = new byte[WireWriter.NodeSize(m.Origin) + WireWriter.NodeSize(m.Target) + WireWriter.VarintSize(m.Term) + m.Body.Length];
        var writer = new WireWriter(bytes);
        writer.Node(m.Origin);
        writer.Node(m.Target);
        writer.Varint(m.Term);
        writer.Raw(m.Body.Span);
        return bytes;
    }

    private static LinkFrame ReadFrame(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new LinkFrame(reader.Node(), reader.Node(), reader.Varint(), bytes.AsMemory(reader.Position));
    }

    private static byte[] Write(string head, ReadOnlyMemory<byte> body)
    {
        var bytes = new byte[WireWriter.BlobSize(System.Text.Encoding.UTF8.GetByteCount(head)) + body.Length];
        var writer = new WireWriter(bytes);
        writer.Text(head);
        writer.Raw(body.Span);
        return bytes;
    }

    private static AgentQuestion ReadQuestion(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new AgentQuestion(reader.Text(), bytes.AsMemory(reader.Position));
    }

    private static AgentAnswer ReadAnswer(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new AgentAnswer(reader.Text(), bytes.AsMemory(reader.Position));
    }

    private static byte[] Write(RelayHello m)
    {
        var bytes = new byte[WireWriter.VarintSize(m.Term)];
        new WireWriter(bytes).Varint(m.Term);
        return bytes;
    }

    private static byte[] Write(GatewayHello m)
    {
        var bytes = new byte[WireWriter.NodeSize(m.Node) + WireWriter.VarintSize(m.Term)];
        var writer = new WireWriter(bytes);
        writer.Node(m.Node);
        writer.Varint(m.Term);
        return bytes;
    }

    private static GatewayHello ReadGatewayHello(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new GatewayHello(reader.Node(), reader.Varint());
    }

    private static byte[] Write(NodeStatus m)
    {
        var address = System.Text.Encoding.UTF8.GetByteCount(m.ClientAddress);
        var tls = System.Text.Encoding.UTF8.GetByteCount(m.TlsAddress);

        // A node of a version before TLS would send its clients to the empty address.
        var capacity = address == 0 ? 0 : m.Capacity;
        var bytes = new byte[WireWriter.NodeSize(m.Node) + WireWriter.BlobSize(address)
            + WireWriter.VarintSize(m.Connections) + WireWriter.VarintSize(capacity) + 1 + (tls == 0 ? 0 : WireWriter.BlobSize(tls) + WireWriter.VarintSize(m.Capacity))];
        var writer = new WireWriter(bytes);
        writer.Node(m.Node);
        writer.Text(m.ClientAddress);
        writer.Varint(m.Connections);
        writer.Varint(capacity);
        writer.Byte(m.WantsReply ? (byte)1 : (byte)0);
        if (tls > 0)
        {
            writer.Text(m.TlsAddress);
            writer.Varint(m.Capacity);
        }

        return bytes;
    }

    private static NodeStatus ReadStatus(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var status = new NodeStatus(reader.Node(), reader.Text(), reader.Int32(), reader.Int32(), reader.Byte() == 1);
        return reader.Position == bytes.Length ? status : status with { TlsAddress = reader.Text(), Capacity = reader.Int32() };
    }
}
