using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>Nodes, owners and the journal of one partition, in one thread, with every message early, late, twice and never, owners that are succeeded at any
/// point, and snapshots and deletions between them.</summary>
public class PartitionModelSpecs
{
    private static readonly Gen<(int Op, int A, int B)[]> s_steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 160];

    [Fact]
    public void Should_store_each_chat_once_and_in_order_when_owners_change_at_any_point() =>
        s_steps.Sample(
            steps =>
            {
                var world = new World();
                foreach (var (op, a, b) in steps)
                    world.Step(op, a, b);
                world.Settle();
                world.Check();
            },
            iter: 3000, print: steps => string.Join(" ", steps.Select(s => $"({s.Op},{s.A},{s.B})")));

    private sealed class World
    {
        private static readonly MailboxSettings s_settings = new(
            true, 1000, 1_000_000, 100, TimeSpan.FromHours(1), 10_000, TimeSpan.FromHours(1), 1, 1_000_000, 400, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

        private static readonly string[] s_users = ["bob", "carol"];

        private readonly SortedDictionary<long, byte[]> _journal = [];
        private readonly List<Owner> _owners = [];
        private readonly Node[] _nodes = [new(1), new(2)];
        private readonly Dictionary<string, Reader> _readers = s_users.ToDictionary(u => u, u => new Reader(u));
        private readonly List<(Owner Owner, PartitionBatch Batch)> _toOwners = [];
        private readonly List<(Node Node, PartitionAnswer Answer)> _toNodes = [];
        private readonly List<string> _told = [];
        private (long Number, byte[] Bytes)? _snapshot;
        private long _highest;
        private long _now = 1000;
        private int _chats;

        private Owner Last => _owners[^1];

        public World() => Start();

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
            Owner? owner = null;
            owner = new Owner(_journal, _snapshot, _highest, _now, (node, answer) => _toNodes.Add((_nodes.Single(n => n.Id == node), answer)));
            _owners.Add(owner);
            Write(owner);
        }

        private void Write(Owner owner)
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

        private void Deposit(Node node, string user, int count)
        {
            if (node.Open.ContainsKey(user))
                return;
            List<PendingChat> chats = [];
            for (var i = 0; i < count; i++)
                chats.Add(new PendingChat(TestChats.Chat("alice", user, "x", 3, $"{node.Number}-{++_chats}"), null));
            node.Add(user, chats);
        }

        private void Flush(Node node, Owner owner) => _toOwners.Add((owner, node.Batch()));

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

        private void Ask(Reader reader, Owner owner, bool acknowledges) => _toOwners.Add((owner, reader.Request(_nodes[0], acknowledges)));
    }

    private sealed class Owner
    {
        private static readonly MailboxSettings s_settings = new(
            true, 1000, 1_000_000, 100, TimeSpan.FromHours(1), 10_000, TimeSpan.FromHours(1), 1, 1_000_000, 400, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

        private readonly SortedDictionary<long, byte[]> _journal;
        private readonly PartitionState _state;
        private readonly PartitionOwner _owner;
        private readonly PartitionReadings _readings;
        private (long Number, byte[]? Bytes) _pending;
        private long _last;
        private bool _isDead;

        public Owner(SortedDictionary<long, byte[]> journal, (long Number, byte[] Bytes)? snapshot, long highest, long now, Action<NodeId, PartitionAnswer> send)
        {
            _journal = journal;
            _state = snapshot is var (_, bytes) ? PartitionSnapshot.FromBytes(bytes, s_settings) : new PartitionState(s_settings);
            foreach (var (number, happened) in journal.Where(e => e.Key > (snapshot?.Number ?? 0)))
                _state.Apply(number, happened);
            _last = highest;
            var cache = new EventCache(400);
            _owner = new PartitionOwner(0, _state, cache, send);
            _owner.Recovered(highest);
            _readings = new PartitionReadings(_owner, cache, Fetch);
            _pending = (++_last, _owner.Begin(new PartitionTurn(now, _state.NextTerm(now)) { IsOpening = true, FinishesImport = true }));
        }

        public int Waiting => _state.Waiting;

        public void Die() => _isDead = true;

        public void Receive(PartitionBatch batch)
        {
            if (_isDead)
                return;
            _owner.Clients.Heard(batch.Origin, TimeSpan.Zero);
            _owner.Receive(batch);
            _readings.Serve();
            _owner.Clients.Flush(_state.Term);
        }

        public void Begin(long now)
        {
            if (_isDead || _owner.IsWriting)
                return;
            _owner.ForceTurn();
            if (_owner.BeginTurn(now, storeHasSpace: true) is { } bytes)
                _pending = (++_last, bytes);
            _owner.Clients.Flush(_state.Term);
        }

        public (long Number, byte[]? Bytes) TakePending()
        {
            var pending = _isDead ? default : _pending;
            _pending = default;
            return pending;
        }

        public void Written()
        {
            _owner.Written();
            if (!_owner.IsOpen)
                _owner.Open();
            _readings.Serve();
            _owner.Clients.Flush(_state.Term);
        }

        public (long Number, byte[] Bytes)? Snapshot() =>
            _isDead || _owner.IsWriting || !_owner.IsOpen ? null : (_last, PartitionSnapshot.ToBytes(_state));

        public IReadOnlyList<long> TakeEmptied(long upTo)
        {
            var emptied = _state.Emptied.Where(n => n <= upTo).ToList();
            _state.Emptied.RemoveAll(n => n <= upTo);
            return emptied;
        }

        private void Fetch(IReadOnlyList<string> users, IReadOnlyCollection<long> numbers) => _readings.OnFetched(
            new PartitionReadings.Fetched(users, numbers, numbers.Where(_journal.ContainsKey).ToDictionary(n => n, n => _journal[n])));
    }

    private sealed class Node(int number)
    {
        private readonly Dictionary<Deposit, int> _answers = [];

        public int Number => number;

        public NodeId Id { get; } = new("127.0.0.1", number, number);

        public DepositLane Lane { get; } = new(TimeSpan.Zero);

        public Dictionary<string, Deposit> Open { get; } = [];

        public List<(string User, string Id)> Stored { get; } = [];

        public IEnumerable<(string User, int Answers)> Answers => _answers.Select(a => (a.Key.Owner.User.Text, a.Value));

        public void Add(string user, IReadOnlyList<PendingChat> chats)
        {
            var deposit = new Deposit(new Route(UserName.TryCreate(user)!), 1, 1, chats, null, false);
            Open[user] = deposit;
            _answers[deposit] = 0;
            Lane.Add(deposit, TimeSpan.Zero);
        }

        public PartitionBatch Batch() => new(0, Id, Lane.Term, Lane.Settled, TakeAll());

        private List<MailboxMessage> TakeAll()
        {
            List<MailboxMessage> all = [];
            while (Lane.HasUnsent)
            {
                var some = Lane.Take(100, TimeSpan.Zero);
                some.ShouldNotBeEmpty();
                all.AddRange(some);
            }

            return all;
        }

        public void Receive(PartitionAnswer answer)
        {
            if (answer.Term > Lane.Term && answer.Taken is { } taken)
            {
                foreach (var (deposit, result) in Lane.Begin(answer.Term, taken, answer.Answers))
                    Take(deposit, result);
            }
            else if (answer.Term == Lane.Term)
            {
                foreach (var stored in answer.Answers.Each().OfType<MailboxAnswer.Stored>())
                {
                    if (Lane.Answer(stored.Number) is { } deposit)
                        Take(deposit, stored);
                }
            }
        }

        public void GiveUp()
        {
            foreach (var deposit in Lane.GiveUp(TimeSpan.Zero))
            {
                _answers[deposit]++;
                Open.Remove(deposit.Owner.User.Text);
            }
        }

        private void Take(Deposit deposit, MailboxAnswer answer)
        {
            _answers[deposit]++;
            Open.Remove(deposit.Owner.User.Text);
            answer.ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
            foreach (var chat in deposit.Chats)
                Stored.Add((deposit.Owner.User.Text, System.Text.Encoding.UTF8.GetString(chat.View.Id)));
        }
    }

    private sealed class Route(UserName user) : IDepositOwner
    {
        public UserName User => user;

        public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures) => throw new InvalidOperationException();

        public void RecipientOnline(Deposit deposit, ReaderId reader) => throw new InvalidOperationException();

        public void TimedOut(Deposit deposit) => throw new InvalidOperationException();
    }

    /// <summary>A session that acknowledges what it was handed, now and then.</summary>
    private sealed class Reader(string user)
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

        public PartitionBatch Request(Node node, bool acknowledges)
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
}
