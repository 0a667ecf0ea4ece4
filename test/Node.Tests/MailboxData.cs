using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>Chats, deposits and requests as the tests of mailboxes need them.</summary>
internal static class MailboxData
{
    public static readonly NodeId NodeA = new("a", 1, 1);
    public static readonly NodeId NodeB = new("b", 2, 2);

    public static readonly MailboxSettings Settings = new(
        true, 5, 10_000, 100, TimeSpan.FromHours(1), 10, TimeSpan.FromHours(2), 4, 100, 1_000_000, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    /// <summary>A chat as an entry. A content that ends with a question mark has no id.</summary>
    public static byte[] Entry(string content, string user = "bob", string sender = "alice", long time = 1000)
    {
        var chat = new ChatView
        {
            Origin = 3,
            Time = time,
            IsTyped = false,
            Attempt = 0,
            Sender = Encoding.UTF8.GetBytes(sender),
            Recipient = Encoding.UTF8.GetBytes(user),
            Id = Encoding.UTF8.GetBytes(content.EndsWith('?') ? "" : $"id-{content}"),
            Content = Encoding.UTF8.GetBytes(content),
        };
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat);
        return entry;
    }

    public static byte[] List(params byte[][] entries)
    {
        var list = new byte[entries.Sum(e => EntryList.SizeOf(e.Length))];
        var at = 0;
        foreach (var entry in entries)
            at += EntryList.Write(list.AsSpan(at), entry);
        return list;
    }

    /// <summary>Stores entries, or bytes that are no entries.</summary>
    public static void Store(this PartitionTurn turn, string user, IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        foreach (var entry in entries)
            turn.Store(user, entry, entry.Length > 10 ? ChatFacts.OfEntry(entry.Span) : default);
    }

    /// <summary>Takes an id from a mailbox of the former form.</summary>
    public static void ImportId(this PartitionTurn turn, FormerId id) =>
        turn.Import(new FormerMailbox("mailbox-bob", UserName.TryCreate("bob")!, 9, [], [id]), id.Time);

    /// <summary>The answers, with one for each deposit.</summary>
    public static IEnumerable<MailboxAnswer> Each(this IEnumerable<MailboxAnswer> answers) => answers.SelectMany<MailboxAnswer, MailboxAnswer>(a => a is MailboxAnswer.AllStored all
        ? Enumerable.Range(0, all.Count).Select(i => new MailboxAnswer.Stored(all.First + i, [])) : [a]);

    public static MailboxMessage.Store Deposit(long number, string user, params string[] contents) =>
        Deposit(number, user, [.. contents.Select(c => Entry(c, user))]);

    public static MailboxMessage.Store Deposit(long number, string user, params byte[][] entries) =>
        new(user, number, entries.Length, null, false, List(entries));

    public static MailboxMessage.Pull Pull(
        long number, string user = "bob", long connection = 7, bool acks = true, long have = 0, long done = 0, int budget = 60_000, long since = 1) =>
        new(user, new ReaderId(NodeA, connection), since, acks, number, have, done, budget);

    /// <summary>The messages of a chunk, each as its number and content.</summary>
    public static List<string> Texts(MailboxAnswer.Chunk chunk)
    {
        List<string> texts = [];
        var messages = new NumberedEntryReader(chunk.Messages.Span);
        while (messages.TryRead(out var number, out var entry))
            texts.Add($"{number}{Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Content)}");
        return texts;
    }

    /// <summary>Decides on one deposit in a turn of its own, and applies it as the next event.</summary>
    public static MailboxAnswer Put(PartitionState state, MailboxMessage.Store deposit, long sequenceNr, NodeId? origin = null, long time = 1000, bool hasSpace = true)
    {
        var turn = new PartitionTurn(time, state.Last);
        var answer = DepositDecision.Decide(state, turn, origin ?? NodeA, deposit, hasSpace);
        if (!turn.IsEmpty)
            state.Apply(sequenceNr, turn.Encode());
        return answer;
    }

    /// <summary>A user's messages that wait, by number.</summary>
    public static List<long> Numbers(PartitionState state, string user = "bob")
    {
        List<long> numbers = [];
        foreach (var message in state.Find(user) is { } mailbox ? mailbox.Messages : [])
            numbers.Add(message.Number);
        return numbers;
    }
}
