using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using CsCheck;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>Journals of earlier versions are read for ever, so none of these bytes can change.</summary>
public class FormerMailboxReaderSpecs
{
    private static readonly MailboxEventSerializer s_serializer = new(null!);
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;

    [Fact]
    public void Should_read_the_events_that_earlier_versions_wrote()
    {
        var stored = s_serializer.FromBinary(Convert.FromHexString("016101010309E803000000000000010116020201020103"), "st1").ShouldBeOfType<MailboxEvent.Stored>();
        (stored.Origin, stored.Stream, stored.UpTo, stored.Time).ShouldBe((NodeA, 3, 9, 1000));
        stored.Failures.ShouldBe([new LinkFailure(8, ErrorCode.MailboxFull)]);
        stored.Kept.Select(Convert.ToHexString).ShouldBe(["0102", "03"]);
        s_serializer.FromBinary(Convert.FromHexString("AC02"), "fi1").ShouldBe(new MailboxEvent.Finished(300));
        s_serializer.FromBinary(Convert.FromHexString("AC02E803000000000000"), "li1").ShouldBe(new MailboxEvent.Lifted(300, 1000));
        var returned = s_serializer.FromBinary(Convert.FromHexString("AC02020201020103"), "re1").ShouldBeOfType<MailboxEvent.Returned>();
        returned.First.ShouldBe(300);
        returned.Entries.Select(Convert.ToHexString).ShouldBe(["0102", "03"]);
        Should.Throw<System.Runtime.Serialization.SerializationException>(() => s_serializer.FromBinary([1], "st2"));
    }

    /// <summary>One chat "y" without an id under number 2, then the id "1" of alice that came at time 1000, and no streams.</summary>
    [Theory]
    [InlineData("01", "0131")]
    [InlineData("02", "4D3356D884E73CDF58F1988F0")]
    public void Should_read_the_snapshot_that_earlier_versions_wrote(string version, string id)
    {
        if (version == "02")
        {
            // That many digits were written down when the version was written.
            var hash = XxHash128.HashToUInt128("1"u8);
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(hash >> 64));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)hash);
            Convert.ToHexString(bytes).ShouldStartWith(id);
            id = Convert.ToHexString(bytes);
        }

        var snapshot = version + "0101011901000000060000000000000005616C69636503626F62000179" + "0105616C69636501" + id + "E803000000000000" + "00";
        var mailbox = FormerMailboxReader.Read("mailbox-bob", s_bob, 7, Convert.FromHexString(snapshot), []);
        (mailbox.PersistenceId, mailbox.User, mailbox.Highest).ShouldBe(("mailbox-bob", s_bob, 7L));
        var (number, entry) = mailbox.Messages.ShouldHaveSingleItem();
        number.ShouldBe(2);
        var chat = LinkEntry.ReadChat(entry);
        (Encoding.UTF8.GetString(chat.Sender), Encoding.UTF8.GetString(chat.Recipient), Encoding.UTF8.GetString(chat.Content), chat.Time).ShouldBe(("alice", "bob", "y", 6));
        mailbox.Ids.ShouldBe([Id("1", 1000)]);
    }

    [Fact]
    public void Should_give_the_ids_with_their_times_but_not_those_of_messages_that_wait()
    {
        var mailbox = FormerMailboxReader.Read("mailbox-bob", s_bob, 7, null, [Stored(5, "a", "b", "c?"), Stored(6, "d", "e"), new MailboxEvent.Finished(4)]);
        mailbox.Messages.Count.ShouldBe(1);
        mailbox.Ids.ShouldBe([Id("id-a", 5), Id("id-b", 5), Id("id-d", 6)]);
    }

    [Fact]
    public void Should_refuse_a_snapshot_of_another_version()
    {
        Should.Throw<FormatException>(() => Read([0, 1, 1, 0, 0]));
        Should.Throw<FormatException>(() => Read([3, 1, 1, 0, 0]));
        Should.Throw<FormatException>(() => Read([2, 1, 1, 1]));
    }

    [Fact]
    public void Should_give_what_waits_under_its_numbers_after_all_that_happened()
    {
        Read(Stored("a", "b", "c")).ShouldBe(["1a", "2b", "3c"]);
        Read(Stored("a", "b"), new MailboxEvent.Finished(1), Stored("c")).ShouldBe(["2b", "3c"]);
        Read(Stored("a"), new MailboxEvent.Finished(9), Stored("b")).ShouldBe(["2b"]);
        Read(Stored("a"), new MailboxEvent.Lifted(500, 0), Stored("b")).ShouldBe(["501a", "502b"]);
        Read(Stored("a"), new MailboxEvent.Finished(1), new MailboxEvent.Lifted(0, 0), Stored("b")).ShouldBe(["2b"]);
        Read(Stored("a", "b", "c"), new MailboxEvent.Finished(2), Returned(2, "b")).ShouldBe(["2b", "3c"]);
        Read(Stored("a", "b", "c"), new MailboxEvent.Finished(3), Returned(2, "b")).ShouldBe([]);
        Read().ShouldBe([]);
    }

    [Fact]
    public void Should_find_the_owner_in_the_persistence_id_whatever_the_name_is()
    {
        FormerMailboxReader.OwnerOf("mailbox-bob")!.Text.ShouldBe("bob");
        FormerMailboxReader.OwnerOf("mailbox-a%3Ab%25%7B%7D")!.Text.ShouldBe("a:b%{}");
        FormerMailboxReader.OwnerOf("mailbox-%253A")!.Text.ShouldBe("%3A");
        FormerMailboxReader.OwnerOf("mailboxes-3").ShouldBeNull();
        FormerMailboxReader.OwnerOf("mailbox-").ShouldBeNull();
        Gen.Int[0, 7].Select(i => new[] { "a", ":", "%", "{", "}", "3A", "25", "7B" }[i]).Array[1, 6].Select(p => string.Concat(p)).Sample(name =>
            UserName.TryCreate(name) is not { } user || FormerMailboxReader.OwnerOf("mailbox-" + Encoded(user.Text))!.Text == name);
    }

    /// <summary>A name as earlier versions wrote it into persistence ids.</summary>
    private static string Encoded(string name) =>
        string.Concat(name.Select(c => c switch { '%' => "%25", ':' => "%3A", '{' => "%7B", '}' => "%7D", _ => $"{c}" }));

    private static MailboxEvent.Stored Stored(params string[] contents) => Stored(0, contents);

    private static MailboxEvent.Stored Stored(long time, params string[] contents) => new(NodeA, 1, 1, time, [], [.. contents.Select(c => Entry(c))]);

    private static FormerId Id(string id, long time) => new(64 + 61, RememberedIds.FormerKeyOf("alice"u8, "bob"u8, Encoding.UTF8.GetBytes(id)), time);

    private static FormerMailbox Read(byte[] snapshot) => FormerMailboxReader.Read("mailbox-bob", s_bob, 7, snapshot, []);

    private static MailboxEvent.Returned Returned(long first, params string[] contents) => new(first, [.. contents.Select(c => Entry(c))]);

    private static List<string> Read(params MailboxEvent[] events) =>
        [.. FormerMailboxReader.Read("mailbox-bob", s_bob, 7, null, events).Messages.Select(m => $"{m.Number}{Encoding.UTF8.GetString(LinkEntry.ReadChat(m.Entry).Content)}")];
}
