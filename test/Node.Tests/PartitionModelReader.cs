using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>A session that acknowledges what it was handed, now and then.</summary>
internal sealed class PartitionModelReader(string user)
{
    private long _since = 1;
    private long _number;
    private long _have;
    private long _done;

    public List<string> Handed { get; } = [];

    public void Begin()
    {
        _since++;
        (_number, _have, _done) = (0, 0, 0);
    }

    public PartitionBatch Request(PartitionModelNode node, bool acknowledges)
    {
        if (acknowledges)
            _done = _have;
        var connection = user == "bob" ? 0 : 1;
        return new PartitionBatch(0, node.Id, 0, 0, [new MailboxMessage.Pull(user, new ReaderId(node.Id, connection), _since, true, ++_number, _have, _done, 300)]);
    }

    public void Take(MailboxAnswer.Chunk chunk, List<string> told)
    {
        if (chunk.Number != _number)
            return;
        var messages = new NumberedEntryReader(chunk.Messages.Span);
        while (messages.TryRead(out var number, out var entry))
        {
            if (number <= _have)
                continue;
            _have = number;
            var chat = LinkEntry.ReadChat(entry);
            var id = System.Text.Encoding.UTF8.GetString(chat.Id);
            if (System.Text.Encoding.UTF8.GetString(chat.Recipient) != user)
                told.Add($"{user} got a message of somebody else");
            Handed.Add(id);
        }
    }
}
