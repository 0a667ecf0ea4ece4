using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>An owner of the partition of the model. Whoever has the journal says when it has written.</summary>
internal sealed class PartitionModelOwner
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

    public PartitionModelOwner(SortedDictionary<long, byte[]> journal, (long Number, byte[] Bytes)? snapshot, long highest, long now, Action<NodeId, PartitionAnswer> send)
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
