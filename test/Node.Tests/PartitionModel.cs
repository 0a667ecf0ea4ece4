using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>Nodes, owners and the journal of one partition, in one thread. The test says what happens next.</summary>
internal sealed class PartitionModel
{
    private static readonly string[] s_users = ["bob", "carol"];

    private readonly SortedDictionary<long, byte[]> _journal = [];
    private readonly List<PartitionModelOwner> _owners = [];
    private readonly PartitionModelNode[] _nodes = [new(1), new(2)];
    private readonly Dictionary<string, PartitionModelReader> _readers = s_users.ToDictionary(u => u, u => new PartitionModelReader(u));
    private readonly List<(PartitionModelOwner Owner, PartitionBatch Batch)> _toOwners = [];
    private readonly List<(PartitionModelNode Node, PartitionAnswer Answer)> _toNodes = [];
    private readonly List<string> _told = [];
    private (long Number, byte[] Bytes)? _snapshot;
    private long _highest;
    private long _now = 1000;
    private int _chats;

    private PartitionModelOwner Last => _owners[^1];

    public PartitionModel() => Start();

    public void Step(int op, int a, int b)
    {
        _now++;
        var node = _nodes[a % _nodes.Length];
        var owner = b % 5 == 0 ? _owners[a % _owners.Count] : Last;
        switch (op)
        {
            case < 20:
                Deposit(node, s_users[b % s_users.Length], 1 + (a % 3));
                break;
            case < 35:
                Flush(node, owner);
                break;
            case < 55:
                ToOwner(a, isCopy: b % 4 == 0);
                break;
            case < 60 when _toOwners.Count > 0:
                _toOwners.RemoveAt(a % _toOwners.Count);
                break;
            case < 70:
                owner.Begin(_now);
                break;
            case < 80:
                Write(owner);
                break;
            case < 84:
                Start();
                break;
            case < 92:
                ToNode(a, isCopy: b % 4 == 0);
                break;
            case < 93 when _toNodes.Count > 0:
                _toNodes.RemoveAt(a % _toNodes.Count);
                break;
            case < 94:
                node.Lane.ResendIfDue(TimeSpan.FromDays(1));
                break;
            case < 97:
                Ask(_readers[s_users[b % s_users.Length]], owner, acknowledges: a % 2 == 0);
                break;
            case < 99:
                Save();
                break;
            default:
                node.GiveUp();
                break;
        }
    }

    /// <summary>The network is whole again, and one owner runs.</summary>
    public void Settle()
    {
        _toOwners.Clear();
        _toNodes.Clear();
        Start();
        for (var round = 0; round < 40; round++)
        {
            _now++;
            foreach (var node in _nodes)
            {
                node.Lane.ResendIfDue(TimeSpan.FromDays(1));
                Flush(node, Last);
            }

            while (_toOwners.Count > 0)
                ToOwner(0, isCopy: false);
            Last.Begin(_now);
            Write(Last);
            while (_toNodes.Count > 0)
                ToNode(0, isCopy: false);
        }

        foreach (var reader in _readers.Values)
        {
            reader.Begin();
            for (var round = 0; round < 100; round++)
            {
                Ask(reader, Last, acknowledges: true);
                while (_toOwners.Count > 0)
                    ToOwner(0, isCopy: false);
                Last.Begin(_now);
                Write(Last);
                while (_toNodes.Count > 0)
                    ToNode(0, isCopy: false);
            }
        }
    }

    public void Check()
    {
        foreach (var node in _nodes)
        {
            node.Open.ShouldBeEmpty();
            foreach (var (deposit, answers) in node.Answers)
                answers.ShouldBe(1, $"answers to the deposit of {deposit}");
        }

        foreach (var user in s_users)
        {
            // Everything with a receipt was handed out, and in the order in which each node sent it.
            var handed = _readers[user].Handed;
            var promised = _nodes.SelectMany(n => n.Stored.Where(s => s.User == user)).Select(s => s.Id).ToHashSet();
            promised.Except(handed).ShouldBeEmpty("promised and not handed out");
            foreach (var node in _nodes)
            {
                var mine = handed.Where(id => id.StartsWith($"{node.Number}-", StringComparison.Ordinal)).Distinct().Select(id => int.Parse(id[2..])).ToList();
                mine.SequenceEqual(mine.Order()).ShouldBeTrue("order of first deliveries");
            }
        }

        _told.ShouldBeEmpty();
        Last.Waiting.ShouldBe(0);
    }

    private void Start()
    {
        if (_owners.Count > 0 && _highest == 0)
            return;
        PartitionModelOwner? owner = null;
        owner = new PartitionModelOwner(_journal, _snapshot, _highest, _now, (node, answer) => _toNodes.Add((_nodes.Single(n => n.Id == node), answer)));
        _owners.Add(owner);
        Write(owner);
    }

    private void Write(PartitionModelOwner owner)
    {
        var (number, bytes) = owner.TakePending();
        if (bytes is null)
            return;
        if (number != _highest + 1)
        {
            owner.Die();
            return;
        }

        _journal[number] = bytes;
        _highest = number;
        owner.Written();
    }

    private void Save()
    {
        if (Last.Snapshot() is not { } snapshot)
            return;
        _snapshot = snapshot;
        foreach (var number in Last.TakeEmptied(snapshot.Number))
            _journal.Remove(number);
    }

    private void Deposit(PartitionModelNode node, string user, int count)
    {
        if (node.Open.ContainsKey(user))
            return;
        List<PendingChat> chats = [];
        for (var i = 0; i < count; i++)
            chats.Add(new PendingChat(TestChats.Chat("alice", user, "x", 3, $"{node.Number}-{++_chats}"), null));
        node.Add(user, chats);
    }

    private void Flush(PartitionModelNode node, PartitionModelOwner owner) => _toOwners.Add((owner, node.Batch()));

    private void ToOwner(int which, bool isCopy)
    {
        if (_toOwners.Count == 0)
            return;
        var at = which % _toOwners.Count;
        var (owner, batch) = _toOwners[at];
        if (!isCopy)
            _toOwners.RemoveAt(at);
        owner.Receive(batch);
    }

    private void ToNode(int which, bool isCopy)
    {
        if (_toNodes.Count == 0)
            return;
        var at = which % _toNodes.Count;
        var (node, answer) = _toNodes[at];
        if (!isCopy)
            _toNodes.RemoveAt(at);
        node.Receive(answer);
        foreach (var chunk in answer.Answers.OfType<MailboxAnswer.Chunk>())
            _readers[s_users[chunk.Connection]].Take(chunk, _told);
    }

    private void Ask(PartitionModelReader reader, PartitionModelOwner owner, bool acknowledges) => _toOwners.Add((owner, reader.Request(_nodes[0], acknowledges)));
}
