using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The nodes that use a partition, and the answers that they get. All answers of one moment go to a node in one message.</summary>
/// <remarks>Pure and not thread-safe.</remarks>
/// <param name="partition">Number of the partition.</param>
/// <param name="send">Sends answers to a node.</param>
internal sealed class PartitionClients(int partition, Action<NodeId, PartitionAnswer> send)
{
    /// <summary>Answers are sent in messages of at most about this many bytes. A larger one would delay others.</summary>
    private const int MostBytes = 60 * 1024;

    private readonly Dictionary<NodeId, Client> _clients = [];

    /// <summary>All nodes.</summary>
    public IEnumerable<NodeId> All => _clients.Keys;

    /// <summary>Notes that a node sent something.</summary>
    /// <param name="node">The node.</param>
    /// <param name="now">The time since the start of the owner.</param>
    public void Heard(NodeId node, TimeSpan now)
    {
        if (!_clients.TryGetValue(node, out var client))
            _clients[node] = client = new Client();
        client.Heard = now;
    }

    /// <summary>True if a node sent something after a time.</summary>
    public bool IsHeard(NodeId node, TimeSpan after) => _clients.TryGetValue(node, out var client) && client.Heard >= after;

    /// <summary>Forgets the nodes that sent nothing after a time.</summary>
    public void Forget(TimeSpan before)
    {
        foreach (var node in _clients.Keys.Where(n => !IsHeard(n, before)).ToList())
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
            client.AddLater(answer);
    }

    /// <summary>The turn is written, or it had nothing to write.</summary>
    public void Release()
    {
        foreach (var client in _clients.Values)
            client.Release();
    }

    /// <summary>Sends all answers.</summary>
    /// <param name="term">The owner's term.</param>
    public void Flush(long term)
    {
        foreach (var (node, client) in _clients)
        {
            for (var next = 0; next < client.Now.Count;)
            {
                var (first, bytes) = (next, 0);
                while (next < client.Now.Count && (next == first || bytes < MostBytes))
                    bytes += client.Now[next++] is MailboxAnswer.Chunk chunk ? chunk.Messages.Length : 16;
                send(node, new PartitionAnswer(partition, term, null, client.Now.GetRange(first, next - first)));
            }

            client.Now.Clear();
        }
    }

    private sealed class Client
    {
        private readonly List<MailboxAnswer> _later = [];

        /// <summary>The deposits at the end of <see cref="_later"/> of which all chats are stored. They get one answer together.</summary>
        private (long First, int Count) _run;

        public TimeSpan Heard { get; set; }

        public List<MailboxAnswer> Now { get; } = [];

        public void AddLater(MailboxAnswer answer)
        {
            if (answer is MailboxAnswer.Stored { Failures.Count: 0 } stored)
            {
                if (_run.Count > 0 && _run.First + _run.Count != stored.Number)
                    EndRun();
                _run = _run.Count == 0 ? (stored.Number, 1) : (_run.First, _run.Count + 1);
                return;
            }

            EndRun();
            _later.Add(answer);
        }

        public void Release()
        {
            EndRun();
            Now.AddRange(_later);
            _later.Clear();
        }

        private void EndRun()
        {
            if (_run.Count > 0)
                _later.Add(_run.Count == 1 ? new MailboxAnswer.Stored(_run.First, []) : new MailboxAnswer.AllStored(_run.First, _run.Count));
            _run = default;
        }
    }
}
