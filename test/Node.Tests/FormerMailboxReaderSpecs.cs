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

    /// <summary>One chat "y" without an id under number 2; then remembered ids, which are not needed.</summary>
    [Theory]
    [InlineData("01")]
    [InlineData("02")]
    public void Should_read_the_snapshot_that_earlier_versions_wrote(string version)
    {
        var snapshot = version + "0101011901000000060000000000000005616C69636503626F620001790105616C696365014D3356D884E73CDF58F1988F0";
        var (number, entry) = FormerMailboxReader.Read(Convert.FromHexString(snapshot[..^1]), []).ShouldHaveSingleItem();
        number.ShouldBe(2);
        var chat = LinkEntry.ReadChat(entry);
        (Encoding.UTF8.GetString(chat.Sender), Encoding.UTF8.GetString(chat.Recipient), Encoding.UTF8.GetString(chat.Content), chat.Time).ShouldBe(("alice", "bob", "y", 6));
    }

    [Fact]
    public void Should_refuse_a_snapshot_of_another_version()
    {
        Should.Throw<FormatException>(() => FormerMailboxReader.Read([0, 1, 1, 0], []));
        Should.Throw<FormatException>(() => FormerMailboxReader.Read([3, 1, 1, 0], []));
        Should.Throw<FormatException>(() => FormerMailboxReader.Read([2, 1, 1, 1], []));
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

    private static MailboxEvent.Stored Stored(params string[] contents) => new(NodeA, 1, 1, 0, [], [.. contents.Select(c => Entry(c))]);

    private static MailboxEvent.Returned Returned(long first, params string[] contents) => new(first, [.. contents.Select(c => Entry(c))]);

    private static List<string> Read(params MailboxEvent[] events) =>
        [.. FormerMailboxReader.Read(null, events).Select(m => $"{m.Number}{Encoding.UTF8.GetString(LinkEntry.ReadChat(m.Entry).Content)}")];
}
