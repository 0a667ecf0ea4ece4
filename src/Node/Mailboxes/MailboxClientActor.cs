using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Speaks with the owners of all partitions for this node: brings deposits into mailboxes, and requests of readers to them.</summary>
/// <remarks>
/// What comes while this actor works through its messages goes to each partition in one batch, so batches grow with the load. Deposits are sent again until the
/// owner answers, or until <c>chat.mailbox.store-timeout</c> is over. When a partition has a new owner, its readers are told to request again: the new owner
/// does not know them.
/// </remarks>
internal sealed class MailboxClientActor : ReceiveActor, IWithTimers
{
    private readonly NodeId _self;
    private readonly IActorRef _partitions;
    private readonly MailboxSettings _settings;
    private readonly MailboxTimings _timings;
    private readonly TimeProvider _time;
    private readonly ClientPartition[] _all;
    private readonly Dictionary<long, IActorRef> _readers = [];
    private readonly List<ClientPartition> _dirty = [];
    private readonly List<(TimeSpan Due, Deposit Deposit)> _later = [];
    private readonly List<IActorRef> _awaitIdle = [];
    private readonly long _started;
    private TimeSpan _hello;

    /// <summary>Makes the actor.</summary>
    /// <param name="self">This node.</param>
    /// <param name="partitions">The actor that takes every message to a partition.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="timings">Times.</param>
    /// <param name="time">The clock.</param>
    public MailboxClientActor(NodeId self, IActorRef partitions, MailboxSettings settings, MailboxTimings timings, TimeProvider time)
    {
        (_self, _partitions, _settings, _timings, _time) = (self, partitions, settings, timings, time);
        _started = time.GetTimestamp();
        _all = [.. Enumerable.Range(0, settings.Partitions).Select(p => new ClientPartition(p, new DepositLane(timings.Resend)))];
        Receive<Deposit>(OnDeposit);
        Receive<MailboxMessage.Pull>(OnPull);
        Receive<MailboxMessage.Leave>(m => Send(m.User, m));
        Receive<PartitionAnswer>(OnAnswer);
        Receive<MailboxQuestion>(m => _partitions.Forward(m));
        Receive<FlushDue>(_ => Flush());
        Receive<CheckDue>(_ => OnCheck());
        Receive<ReaderStopped>(OnReaderStopped);
        Receive<OwnerStopped>(OnOwnerStopped);
        Receive<AwaitIdle>(_ =>
        {
            _awaitIdle.Add(Sender);
            AnswerIfIdle();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(CheckDue), new CheckDue(), _timings.Check);
        SayHello();
    }

    private ClientPartition Of(string user) => _all[Partitions.Of(user, _settings.Partitions)];

    private void OnDeposit(Deposit deposit)
    {
        var partition = Of(deposit.Owner.User.Text);
        partition.Lane.Add(deposit, Now);
        MarkDirty(partition);
    }

    private void OnPull(MailboxMessage.Pull pull)
    {
        var (connection, partition) = (pull.Reader.Connection, Of(pull.User));

        // The reader of an earlier session of the connection may still be leaving.
        if (!Sender.Equals(_readers.GetValueOrDefault(connection)))
        {
            _readers[connection] = Sender;
            Context.WatchWith(Context.Unwatch(Sender), new ReaderStopped(connection, partition.Number, Sender));
            partition.Readers.Add(Sender);
        }

        partition.Messages.Add(pull);
        MarkDirty(partition);
    }

    private void OnReaderStopped(ReaderStopped stopped)
    {
        _all[stopped.Partition].Readers.Remove(stopped.Reader);
        if (stopped.Reader.Equals(_readers.GetValueOrDefault(stopped.Connection)))
            _readers.Remove(stopped.Connection);
    }

    /// <summary>An owner ended. What it was sent goes to the next one. The next one is asked for until it answers: if a node died, Cluster Sharding may still
    /// send the first question there.</summary>
    private void OnOwnerStopped(OwnerStopped stopped)
    {
        var partition = _all[stopped.Partition];
        if (!Equals(partition.Owner, stopped.Owner))
            return;
        partition.OwnerEnded();
        (partition.IsInDoubt, partition.AskedAt) = (true, Now - _timings.Resend);
        partition.Lane.SendAllAgain();
        MarkDirty(partition);
    }

    private void Send(string user, MailboxMessage message)
    {
        var partition = Of(user);
        partition.Messages.Add(message);
        MarkDirty(partition);
    }

    /// <summary>Sends to a partition when this actor has worked through what it was told up to now.</summary>
    private void MarkDirty(ClientPartition partition)
    {
        if (partition.IsDirty)
            return;
        partition.IsDirty = true;
        _dirty.Add(partition);
        if (_dirty.Count == 1)
            Self.Tell(new FlushDue());
    }

    private void Flush()
    {
        var now = Now;
        foreach (var partition in _dirty)
        {
            partition.IsDirty = false;
            do
            {
                var messages = partition.TakeMessages(now);
                var owner = messages.Count == 0 ? _partitions : partition.Owner ?? _partitions;
                owner.Tell(new PartitionBatch(partition.Number, _self, partition.Lane.Term, partition.Lane.Settled, messages));
            }
            while (partition.MaySendDeposits(now) || partition.Messages.Count > 0);
        }

        _dirty.Clear();
    }

    private void OnAnswer(PartitionAnswer answer)
    {
        if (answer.Partition < 0 || answer.Partition >= _all.Length)
            return;
        var partition = _all[answer.Partition];
        if (answer.Term > partition.Lane.Term)
            OnNewOwner(partition, answer);
        else if (answer.Term == partition.Lane.Term)
        {
            foreach (var one in answer.Answers)
                OnAnswer(partition, one);
        }

        if (answer.Term == partition.Lane.Term && partition.TakeOwner(Sender))
            Context.WatchWith(Context.Unwatch(Sender), new OwnerStopped(partition.Number, Sender));

        // A new owner that answered a reader first is asked what it has taken. Its other readers are told then.
        if (answer.Term >= partition.Lane.Term && !partition.HasEnded(Sender))
            partition.IsInDoubt = answer.Term > partition.Lane.Term;
        if (partition.Lane.HasUnsent)
            MarkDirty(partition);
        AnswerIfIdle();
    }

    private void OnNewOwner(ClientPartition partition, PartitionAnswer answer)
    {
        // Any other answer comes before the one that says which deposits were taken.
        if (answer.Taken is not { } taken)
        {
            TellReaders(answer.Answers);
            return;
        }

        foreach (var (deposit, result) in partition.Lane.Begin(answer.Term, taken, answer.Answers))
            Tell(deposit, result);
        // Sessions here request messages before deposits go to the new owner. Otherwise a deposit could be stored for a session that still gets chats directly.
        if (partition.Readers.Count > 0)
            partition.HoldsDepositsUntil = Now + _timings.Later;
        foreach (var reader in partition.Readers)
            reader.Tell(new MailboxesMoved());
    }

    private void OnAnswer(ClientPartition partition, MailboxAnswer answer)
    {
        switch (answer)
        {
            case MailboxAnswer.Stored m when partition.Lane.Answer(m.Number) is { } deposit:
                Tell(deposit, m);
                break;
            case MailboxAnswer.AllStored m:
                for (var number = Math.Max(m.First, partition.Lane.Settled + 1); number < m.First + m.Count && number <= partition.Lane.Last; number++)
                {
                    if (partition.Lane.Answer(number) is { } one)
                        one.Owner.Stored(one, []);
                }

                break;
            case MailboxAnswer.Online m when partition.Lane.Answer(m.Number) is { } deposit:
                Tell(deposit, m);
                break;
            case MailboxAnswer.Later m when partition.Lane.Answer(m.Number) is { } deposit:
                Tell(deposit, m);
                break;
            default:
                TellReaders([answer]);
                break;
        }
    }

    private void TellReaders(IReadOnlyList<MailboxAnswer> answers)
    {
        foreach (var answer in answers)
        {
            var connection = answer switch
            {
                MailboxAnswer.Chunk m => m.Connection,
                MailboxAnswer.Left m => m.Connection,
                _ => 0,
            };
            if (_readers.TryGetValue(connection, out var reader))
                reader.Tell(answer);
        }
    }

    private void Tell(Deposit deposit, MailboxAnswer answer)
    {
        if (answer is MailboxAnswer.Later)
            _later.Add((Now + _timings.Later, deposit));
        else
            deposit.Take(answer);
    }

    private void OnCheck()
    {
        var now = Now;
        foreach (var partition in _all)
        {
            foreach (var deposit in partition.Lane.GiveUp(now - _settings.StoreTimeout))
                deposit.Owner.TimedOut(deposit);
            if (partition.Lane.ResendIfDue(now))
                AskForOwner(partition);

            // An owner that is not known is asked as often as deposits are sent again.
            if ((partition.Lane.Term == 0 || partition.IsInDoubt) && now - partition.AskedAt >= _timings.Resend)
            {
                partition.AskedAt = now;
                AskForOwner(partition);
            }

            if (partition.Lane.HasUnsent)
                MarkDirty(partition);
        }

        foreach (var (_, deposit) in _later.Where(l => l.Due <= now).ToList())
            OnDeposit(deposit);
        _later.RemoveAll(l => l.Due <= now);
        if (now - _hello >= _timings.Hello)
            SayHello();
        AnswerIfIdle();
    }

    /// <summary>An empty batch goes by way of Cluster Sharding, so it finds an owner that is new.</summary>
    private void AskForOwner(ClientPartition partition) =>
        _partitions.Tell(new PartitionBatch(partition.Number, _self, partition.Lane.Term, partition.Lane.Settled, []));

    private void SayHello()
    {
        _hello = Now;
        foreach (var partition in _all)
            AskForOwner(partition);
    }

    private void AnswerIfIdle()
    {
        if (_awaitIdle.Count == 0 || _later.Count > 0 || !Array.TrueForAll(_all, p => p.Lane.IsEmpty))
            return;
        foreach (var asker in _awaitIdle)
            asker.Tell(Akka.Done.Instance);
        _awaitIdle.Clear();
    }

    /// <summary>Asks to be told <see cref="Akka.Done"/> when no deposit is under way.</summary>
    public sealed record AwaitIdle;

    private sealed record FlushDue;

    private sealed record CheckDue;

    private sealed record ReaderStopped(long Connection, int Partition, IActorRef Reader);

    private sealed record OwnerStopped(int Partition, IActorRef Owner);
}
