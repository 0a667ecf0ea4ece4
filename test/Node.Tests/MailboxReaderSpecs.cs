using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>When a session's reader asks for more, what it says of what the client has, and what it leaves behind.</summary>
public class MailboxReaderSpecs : TestKit
{
    private readonly Outbound _outbound = new(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!));
    private readonly TestProbe _mailbox;
    private readonly TestProbe _connection;

    public MailboxReaderSpecs()
        : base("akka.loglevel = WARNING")
    {
        _mailbox = CreateTestProbe();
        _connection = CreateTestProbe();
    }

    [Fact]
    public void Should_ask_for_more_only_when_the_client_was_written_what_it_was_handed()
    {
        var reader = Start(acks: false);
        Answer(reader, First(), first: 1, "a", "b");
        _mailbox.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Take().ShouldBe("a\nb\n");
        _mailbox.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Take();

        var pull = _mailbox.ExpectMsg<MailboxMessage.Pull>();
        (pull.Have, pull.Done).ShouldBe((2, 2));
    }

    [Fact]
    public void Should_hand_nothing_twice_when_a_chunk_begins_with_what_it_has()
    {
        var reader = Start(acks: true);
        Answer(reader, First(), first: 1, "a", "b");
        var next = _mailbox.ExpectMsg<MailboxMessage.Pull>();
        next.Have.ShouldBe(2);
        Answer(reader, next, first: 2, "b", "c");
        _mailbox.ExpectMsg<MailboxMessage.Pull>().Have.ShouldBe(3);
        Take()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Should_say_its_last_word_when_everything_is_written_and_again_until_it_is_kept()
    {
        var reader = Start(acks: false);
        Answer(reader, First(), first: 1, "a", "b");
        Watch(reader);
        reader.Tell(new MailboxReaderActor.End());
        _outbound.Close();
        _mailbox.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Take();
        Take();
        for (var i = 0; i < 2; i++)
        {
            var leave = _mailbox.ExpectMsg<MailboxMessage.Leave>();
            leave.Done.ShouldBe(2);
        }

        reader.Tell(new MailboxAnswer.Left(1, 2));
        ExpectTerminated(reader);
    }

    [Fact]
    public void Should_say_that_the_client_has_nothing_when_the_connection_broke_before_it_was_written()
    {
        var reader = Start(acks: false);
        Answer(reader, First(), first: 1, "a", "b");
        Watch(reader);
        reader.Tell(new MailboxReaderActor.End());
        Take();
        reader.Tell(new MailboxReaderActor.ConnectionGone());

        _mailbox.ExpectMsg<MailboxMessage.Leave>().Done.ShouldBe(0);
        ExpectTerminated(reader);
    }

    [Fact]
    public void Should_hold_nobody_up_when_it_read_everything()
    {
        var reader = Start(acks: false);
        var pull = First();
        Answer(reader, pull, first: 1, "a");
        Take();
        Take();
        pull = _mailbox.ExpectMsg<MailboxMessage.Pull>();
        reader.Tell(new MailboxAnswer.Chunk(1, pull.Number, 0, IsDrained: true, default));
        _connection.ExpectMsg<MailboxReaderActor.Drained>();
        Watch(reader);
        reader.Tell(new MailboxReaderActor.End());
        _mailbox.ExpectMsg<MailboxMessage.Leave>().Done.ShouldBe(1);
        ExpectTerminated(reader);
    }

    [Fact]
    public void Should_ask_only_when_what_was_handed_directly_is_written()
    {
        _outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", "direct", 1, "1"));
        Start(acks: false);
        _mailbox.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Take();
        Take();
        _mailbox.ExpectMsg<MailboxMessage.Pull>().Number.ShouldBe(1);
    }

    [Fact]
    public void Should_leave_nothing_to_be_taken_back_of_what_is_in_the_mailbox()
    {
        var reader = Start(acks: false);
        Answer(reader, First(), first: 1, "a", "b");
        _outbound.TakeUnread().ShouldBeEmpty();
    }

    private IActorRef Start(bool acks)
    {
        var session = new LocalSession(UserName.TryCreate("bob")!, new ClientConnection(1, _outbound, 1000, TimeProvider.System), DeliveryFormat.Text, acks);
        var (id, mailbox) = (new ReaderId(new NodeId("h", 1, 1), 1), _mailbox.Ref);
        var (timings, trace) = (new MailboxReaderTimings(), new TraceLog(TimeProvider.System));
        return _connection.ChildActorOf(Props.Create(() => new MailboxReaderActor(session, id, mailbox, timings, trace)));
    }

    private MailboxMessage.Pull First() => _mailbox.ExpectMsg<MailboxMessage.Pull>();

    private void Answer(IActorRef reader, MailboxMessage.Pull pull, long first, params string[] contents)
    {
        var (messages, length, before) = (new byte[1000], 0, 0L);
        for (var i = 0; i < contents.Length; before = first + i++)
        {
            var chat = TestChats.Chat("a", "bob", contents[i], 1, contents[i]);
            var entry = new byte[LinkEntry.SizeOf(chat)];
            LinkEntry.Write(entry, chat);
            length += NumberedEntryReader.Write(messages.AsSpan(length), before, first + i, entry);
        }

        reader.Tell(new MailboxAnswer.Chunk(1, pull.Number, contents.Length, IsDrained: false, messages.AsMemory(0, length)));
        if (pull.Number == 1)
        {
            _connection.ExpectMsg<MailboxReaderActor.Opened>();
            reader.Tell(new MailboxReaderActor.Start());
            AwaitAssert(() => _outbound.Waiting.ShouldBe(contents.Sum(c => c.Length + 1)));
        }
    }

    private string? Take() => _outbound.TryTake(out var bytes) == Outbound.Take.Bytes ? System.Text.Encoding.UTF8.GetString(bytes.Span) : null;
}
