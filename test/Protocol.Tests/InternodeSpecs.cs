using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class InternodeSpecs() : TestKit(s_config)
{
    /// <summary>The serializer as shipped, in an actor system that is no cluster and has the executors of Akka.NET.</summary>
    private static readonly Config s_config = ConfigurationFactory
        .ParseString("akka.actor { provider = local, default-dispatcher.executor = default-executor }")
        .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf"))));

    private static readonly NodeId s_a = new("10.0.0.1", 4053, -5);
    private static readonly NodeId s_b = new("b", 80, 7);

    public static TheoryData<string> Golden => new(s_golden.Keys);

    /// <summary>Bytes that processes of this version write. A change of one is a new manifest, never a new value here.</summary>
    private static readonly Dictionary<string, (InternodeMessage Message, string Manifest, string Hex)> s_golden = new()
    {
        ["frame"] = (new LinkFrame(s_a, s_b, 300, new byte[] { 1, 2, 3 }), "lf1", "0831302E302E302E31D51FFBFFFFFF0F01625007AC02010203"),
        ["account question"] = (new AccountQuestion("ann", AccountOrder.UpgradeHash, "$h", "$e"), "acq1", "03616E6E0302246802" + "2465"),
        ["account answer"] = (new AccountAnswer(AccountResult.Done, "$h", true, 300), "aca1", "0002246801AC02"),
        ["relay hello"] = (new RelayHello(1), "rh1", "01"),
        ["gateway hello"] = (new GatewayHello(s_b, 128), "gh1", "016250078001"),
        ["batch"] = (
            new PartitionBatch(3, s_a, 300, 5,
            [
                new MailboxMessage.Store("bob", 300, 1, new ReaderId(s_b, 9), true, new byte[] { 7 }),
                new MailboxMessage.Store("bob", 301, 2, null, false, new byte[] { 7, 8 }),
                new MailboxMessage.Pull("bob", new ReaderId(s_b, 9), 6, true, 3, 200, 199, 61440),
                new MailboxMessage.Leave("bob", new ReaderId(s_b, 9), 6, 200),
            ]),
            "mpb1",
            "03" + "0831302E302E302E31D51FFBFFFFFF0F" + "AC02" + "05" + "04" + "0103626F62AC02010101625007090101" + "07" + "0103626F62AD02020000020708"
            + "0203626F620162500709060103C801C70180E003" + "0303626F62016250070906C801"),
        ["empty batch"] = (new PartitionBatch(31, s_b, 0, 0, []), "mpb1", "1F01625007000000"),
        ["answers"] = (
            new PartitionAnswer(3, 300, 5,
            [
                new MailboxAnswer.Stored(300, [new LinkFailure(2, ErrorCode.MailboxFull)]),
                new MailboxAnswer.Online(301, new ReaderId(s_b, 9)),
                new MailboxAnswer.Later(5),
                new MailboxAnswer.Chunk(9, 3, 200, true, new byte[] { 7, 8 }),
                new MailboxAnswer.Left(9, 200),
                new MailboxAnswer.AllStored(300, 20),
            ]),
            "mpa1",
            "03AC020606" + "01AC02010216" + "02AD020162500709" + "0305" + "040903C80101020708" + "0509C801" + "06AC0214"),
        ["answers without a term's beginning"] = (new PartitionAnswer(3, 300, null, []), "mpa1", "03AC020000"),
        ["nudge"] = (new MailboxNudge("bob", 9), "mnu1", "03626F6209"),
        ["mailbox question"] = (new MailboxQuestion("bob"), "mlk1", "03626F62"),
        ["depth"] = (new MailboxDepth(300, 5, 301, new ReaderId(s_b, 9)), "mdp1", "AC0205AD02010162500709"),
        ["depth without a reader"] = (new MailboxDepth(0, 0, 7, null), "mdp1", "00000700"),
        ["agent question"] = (new AgentQuestion("node", new byte[] { 123, 125 }), "aq1", "046E6F64657B7D"),
        ["agent answer"] = (new AgentAnswer("", new byte[] { 123, 125 }), "aa1", "007B7D"),
        ["hello of a wide uid"] = (new GatewayHello(new NodeId("b", 80, 0x0123456789ABCDEF), 1), "gh1", "016250EF9BAFCDF8ACD1910101"),
        ["hello of a wide negative uid"] = (new GatewayHello(new NodeId("b", 80, long.MinValue), 1), "gh1", "0162508080808080808080800101"),
        ["hello of a uid just above 32 bits"] = (new GatewayHello(new NodeId("b", 80, 0x80000000), 1), "gh1", "01625080808080F8FFFFFFFF0101"),
        ["hello of the lowest uid of 32 bits"] = (new GatewayHello(new NodeId("b", 80, int.MinValue), 1), "gh1", "016250808080800801"),
        ["status"] = (new NodeStatus(s_b, "c:1", 3, 500, true), "ns1", "0162500703633A3103F40301"),
        ["status with an address for TLS"] = (new NodeStatus(s_b, "c:1", 3, 500, true, "c:2"), "ns1", "0162500703633A3103F4030103633A32F403"),
        ["status of a node that listens for TLS only"] = (new NodeStatus(s_b, "", 3, 500, true, "c:2"), "ns1", "016250070003000103633A32F403"),
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Should_keep_the_bytes_of_every_message(string name)
    {
        var (message, manifest, hex) = s_golden[name];
        var serializer = (SerializerWithStringManifest)Sys.Serialization.FindSerializerFor(message);
        serializer.Manifest(message).ShouldBe(manifest);
        Convert.ToHexString(serializer.ToBinary(message)).ShouldBe(hex);
        var back = serializer.FromBinary(Convert.FromHexString(hex), manifest);
        if (message is LinkFrame frame)
        {
            var read = back.ShouldBeOfType<LinkFrame>();
            (read with { Body = default }).ShouldBe(frame with { Body = default });
            read.Body.ToArray().ShouldBe(frame.Body.ToArray());
        }
        else if (message is PartitionBatch or PartitionAnswer or AgentQuestion or AgentAnswer)
            Convert.ToHexString(serializer.ToBinary(back)).ShouldBe(hex);
        else
            back.ShouldBe(message);
    }

    [Fact]
    public void Should_bind_every_message_between_processes_to_our_serializer()
    {
        var types = typeof(InternodeMessage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(InternodeMessage)) && !t.IsAbstract).ToList();
        types.Select(t => t.Name).Order().ShouldBe(s_golden.Values.Select(g => g.Message.GetType().Name).Distinct().Order());
        foreach (var type in types)
            Sys.Serialization.FindSerializerForType(type).Identifier.ShouldBe(InternodeSerializer.Id);
    }

    [Fact]
    public void Should_carry_any_uid_and_write_those_of_32_bits_as_ever()
    {
        var serializer = new InternodeSerializer((ExtendedActorSystem)Sys);
        Gen.OneOf(Gen.Long, Gen.Int.Select(i => (long)i), Gen.UInt.Select(u => (long)u)).Sample(uid =>
        {
            var hello = new GatewayHello(new NodeId("b", 80, uid), 1);
            var bytes = serializer.ToBinary(hello);
            serializer.FromBinary(bytes, "gh1").ShouldBe(hello);

            // What the version before reads: the low 32 bits of the varint.
            if (uid is >= int.MinValue and <= int.MaxValue)
                bytes.Length.ShouldBeLessThanOrEqualTo(3 + 5 + 1);
            NodeId.TryParse(hello.Node.ToString()).ShouldBe(hello.Node);
        });
    }

    [Fact]
    public void Should_refuse_a_manifest_of_a_newer_version() =>
        Should.Throw<System.Runtime.Serialization.SerializationException>(
            () => new InternodeSerializer((ExtendedActorSystem)Sys).FromBinary([1], "lf2"));

    [Fact]
    public void Should_keep_the_bytes_of_entries_and_bodies()
    {
        var chat = Chat("hi");
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat);
        Convert.ToHexString(entry).ShouldBe("0101029601" + "0068E5CF8B010000" + "0161" + "0162" + "03226922" + "026869");
        Convert.ToHexString(LinkEntry.Replaced(UserName.TryCreate("bob")!, 9)).ShouldBe("020903626F62");
        var body = new LinkBody
        {
            First = 130,
            Count = 1,
            AckSeen = 2,
            Ack = 9,
            Gap = true,
            Failures = [new(8, ErrorCode.RecipientOffline)],
            Entries = new byte[] { 1, 99 },
        };
        Convert.ToHexString(body.ToBytes()).ShouldBe("0101" + "8201" + "01" + "02" + "09" + "01" + "010B" + "0163");
    }

    [Fact]
    public void Should_read_back_a_chat_of_any_length_and_flags() => Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[1, 300]).Sample((isTyped, isFirst, length) =>
    {
        var chat = Chat(new string('x', length), isTyped);
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat, isFirst);
        var back = LinkEntry.ReadChat(entry);
        (back.IsTyped, back.IsFirst, back.Attempt, back.Origin, back.Time).ShouldBe((isTyped, isFirst, chat.Attempt, chat.Origin, chat.Time));
        (back.Sender.SequenceEqual(chat.Sender) && back.Recipient.SequenceEqual(chat.Recipient)).ShouldBeTrue();
        (back.Id.SequenceEqual(chat.Id) && back.Content.SequenceEqual(chat.Content)).ShouldBeTrue();
        entry.AsSpan().EndsWith(chat.Content).ShouldBeTrue("the content fills the entry to its end");
    });

    [Fact]
    public void Should_read_an_unknown_error_as_an_internal_one_and_refuse_an_unknown_version()
    {
        LinkBody.Parse(Convert.FromHexString("0100" + "01" + "00" + "02" + "09" + "01" + "01FE")).Failures.ShouldBe([new LinkFailure(8, ErrorCode.Internal)]);
        Should.Throw<FormatException>(() => LinkBody.Parse(Convert.FromHexString("0200" + "01" + "00" + "02" + "09" + "00")));
    }

    [Fact]
    public void Should_read_back_what_it_wrote()
    {
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[0, long.MaxValue / 2], Gen.Long[0, 500].Array[0, 20], Gen.Byte.Array[0, 50]).Sample((first, ack, failed, entries) =>
        {
            var failures = failed.Where(f => f < ack).Select(f => new LinkFailure(ack - f, ErrorCode.Internal)).ToArray();
            var body = new LinkBody { First = first, Count = entries.Length, AckSeen = ack, Ack = ack, Gap = false, Failures = failures, Entries = entries };
            var back = LinkBody.Parse(body.ToBytes());
            back.First.ShouldBe(first);
            back.Ack.ShouldBe(ack);
            back.Failures.ShouldBe(failures);
            back.Entries.ToArray().ShouldBe(entries);
        });
    }

    [Fact]
    public void Should_throw_nothing_but_FormatException_for_bytes_that_are_cut_or_mixed_up()
    {
        var chat = Chat("hello");
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat);
        Gen.Select(Gen.Int[0, entry.Length - 1], Gen.Int[0, entry.Length - 1], Gen.Byte).Sample((cut, at, value) =>
        {
            var bytes = entry.ToArray();
            bytes[at] = value;
            OnlyFormatException(() => LinkEntry.ReadChat(bytes.AsSpan(0, cut)));
            OnlyFormatException(() => LinkEntry.ReadReplaced(bytes));
            OnlyFormatException(() => LinkBody.Parse(bytes));
        });
        Gen.Byte.Array[0, 40].Sample(bytes => OnlyFormatException(() => LinkBody.Parse(bytes)));

        // A length below 0.
        Should.Throw<FormatException>(() => LinkEntry.ReadReplaced(Convert.FromHexString("0201" + "FFFFFFFFFFFFFFFFFF01")));
    }

    [Theory]
    [InlineData("lf1")]
    [InlineData("rh1")]
    [InlineData("gh1")]
    [InlineData("ns1")]
    [InlineData("aq1")]
    [InlineData("aa1")]
    public void Should_throw_nothing_but_FormatException_when_a_message_is_damaged(string manifest)
    {
        var serializer = new InternodeSerializer((ExtendedActorSystem)Sys);

        // Two empty texts or numbers, and then two numbers of up to ten bytes, stand in each layout.
        Gen.Select(Gen.Byte[0, 2].Array[0, 4], Gen.Byte.Array[0, 24]).Sample((first, rest) =>
            OnlyFormatException(() => serializer.FromBinary([.. first, .. rest], manifest)));
        OnlyFormatException(() => serializer.FromBinary(Convert.FromHexString("00" + "01" + "01" + "00" + "FFFFFFFFFFFFFFFF7F" + "00" + "00"), manifest));
    }

    private static void OnlyFormatException(Action read)
    {
        try
        {
            read();
        }
        catch (FormatException)
        {
            // What a reader of frames is prepared for.
        }
    }

    private static ChatView Chat(string content, bool isTyped = true) => new()
    {
        Origin = 150,
        Time = 1_700_000_000_000,
        IsTyped = isTyped,
        Attempt = 2,
        Sender = "a"u8,
        Recipient = "b"u8,
        Id = "\"i\""u8,
        Content = System.Text.Encoding.UTF8.GetBytes(content),
    };
}
