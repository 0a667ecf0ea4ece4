using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The nodes that use a partition, and the answers that they get. All answers of one moment go to a node in one message.</summary>
/// <param name="partition">Number of the partition.</param>
/// <param name="time">The clock.</param>
internal sealed class PartitionClients(int partition, TimeProvider time)
{
    /// <summary>Answers are sent in messages of at most about this many bytes. A larger one would delay others.</summary>
    private const int MostBytes = 60 * 1024;

    private readonly Dictionary<NodeId, Client> _clients = [];

    /// <summary>All nodes.</summary>
    public IEnumerable<NodeId> All => _clients.Keys;

    /// <summary>Notes that a node sent something.</summary>
    public void Heard(NodeId node, IActorRef actor)
    {
        if (!_clients.TryGetValue(node, out var client))
            _clients[node] = client = new Client();
        client.Actor = actor;
        client.Heard = time.GetTimestamp();
    }

    /// <summary>True if a node sent something lately.</summary>
    public bool IsHeard(NodeId node, TimeSpan within) =>
        _clients.TryGetValue(node, out var client) && time.GetElapsedTime(client.Heard) <= within;

    /// <summary>Forgets the nodes that sent nothing for a while.</summary>
    public void Forget(TimeSpan after)
    {
        foreach (var node in _clients.Keys.Where(n => !IsHeard(n, after)).ToList())
            _clients.Remove(node);
    }

    /// <summary>Answers a node with the next <see cref="Flush"/>.</summary>
    public void Answer(NodeId node, MailboxAnswer answer)
    {
        if (_clients.TryGetValue(node, out var client))
            client.Now.Add(answer);
    }

    /// <summary>Answers a node when the present turn is written: <see cref="Release"/>.</summary>
    public void AnswerLater(NodeId node, MailboxAnswer answer)
    {
        if (_clients.TryGetValue(node, out var client))
            client.Later.Add(answer);
    }

    /// <summary>The turn is written, or it had nothing to write.</summary>
    public void Release()
    {
        foreach (var client in _clients.Values)
        {
            client.Now.AddRange(client.Later);
            client.Later.Clear();
        }
    }

    /// <summary>Tells a node the owner's term, and which of its deposits were taken.</summary>
    public void TellTerm(NodeId node, long term, OriginDeposits? deposits)
    {
        if (_clients.TryGetValue(node, out var client))
            client.Actor.Tell(new PartitionAnswer(partition, term, deposits?.Kept ?? 0, [.. deposits?.Answers ?? []]));
    }

    /// <summary>Sends all answers.</summary>
    public void Flush(long term)
    {
        foreach (var client in _clients.Values)
        {
            while (client.Now.Count > 0)
            {
                var (count, bytes) = (0, 0);
                while (count < client.Now.Count && (count == 0 || bytes < MostBytes))
                    bytes += client.Now[count++] is MailboxAnswer.Chunk chunk ? chunk.Messages.Length : 16;
                client.Actor.Tell(new PartitionAnswer(partition, term, 0, client.Now.GetRange(0, count)));
                client.Now.RemoveRange(0, count);
            }
        }
    }

    private sealed class Client
    {
        public IActorRef Actor { get; set; } = ActorRefs.Nobody;

        public long Heard { get; set; }

        public List<MailboxAnswer> Now { get; } = [];

        public List<MailboxAnswer> Later { get; } = [];
    }
}
