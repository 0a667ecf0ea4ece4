using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Brings this node's chats into mailboxes. It sends each batch again until the mailbox answers, or until <c>chat.mailbox.store-timeout</c>
/// is over.</summary>
/// <remarks>Cluster Sharding may lose messages while a mailbox moves to another node. The mailbox takes each batch only once.</remarks>
internal sealed class DepositActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    /// <summary>A batch is sent again after this long, and then every second, so that a mailbox that moved is found soon.</summary>
    private static readonly TimeSpan s_resendAfter = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan s_resendEvery = TimeSpan.FromSeconds(1);

    private readonly NodeId _self;
    private readonly IActorRef _mailboxes;
    private readonly MailboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly Dictionary<long, Parcel> _parcels = [];
    private readonly List<IActorRef> _awaitIdle = [];

    /// <summary>Makes the actor.</summary>
    /// <param name="self">This node.</param>
    /// <param name="mailboxes">The actor that takes every message to a mailbox.</param>
    /// <param name="settings">Time limits.</param>
    /// <param name="time">The clock.</param>
    public DepositActor(NodeId self, IActorRef mailboxes, MailboxSettings settings, TimeProvider time)
    {
        _self = self;
        _mailboxes = mailboxes;
        _settings = settings;
        _time = time;
        Receive<Deposit>(OnDeposit);
        Receive<MailboxAnswer.Stored>(m => End(m.Stream, m.UpTo, parcel => parcel.Deposit.Owner.Stored(parcel.Deposit, m.Failures)));
        Receive<MailboxAnswer.Online>(m =>
        {
            if (_parcels.TryGetValue(m.Stream, out var parcel) && parcel.Deposit.First == m.First)
                End(m.Stream, parcel.Deposit.UpTo, p => p.Deposit.Owner.RecipientOnline(p.Deposit, m.Reader));
        });
        Receive<Tick>(_ => OnTick());
        Receive<AwaitIdle>(_ =>
        {
            _awaitIdle.Add(Sender);
            AnswerIfIdle();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void OnDeposit(Deposit deposit)
    {
        var bytes = deposit.Chats.Sum(c => EntryList.SizeOf(c.Size));
        var entries = EntryList.Join(deposit.Chats.Select(c => c.Entry), bytes);
        var message = new MailboxMessage.Store(
            deposit.Owner.User.Text, _self, deposit.Stream, deposit.First, deposit.Chats.Count, deposit.NotReader, deposit.More, entries);
        if (_parcels.Count == 0)
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, s_tick);
        _parcels[deposit.Stream] = new Parcel(deposit, message, _time.GetTimestamp());
        _mailboxes.Tell(message);
    }

    private void End(long stream, long upTo, Action<Parcel> then)
    {
        if (!_parcels.TryGetValue(stream, out var parcel) || parcel.Deposit.UpTo != upTo)
            return;
        _parcels.Remove(stream);
        then(parcel);
        Rest();
    }

    private void OnTick()
    {
        foreach (var parcel in _parcels.Values.ToList())
        {
            var age = _time.GetElapsedTime(parcel.Since);
            if (age >= _settings.StoreTimeout)
            {
                _parcels.Remove(parcel.Deposit.Stream);
                parcel.Deposit.Owner.TimedOut(parcel.Deposit);
            }
            else if (age >= parcel.SendAt)
            {
                parcel.SendAt = age + s_resendEvery;
                _mailboxes.Tell(parcel.Message);
            }
        }

        Rest();
    }

    private void Rest()
    {
        if (_parcels.Count > 0)
            return;
        Timers.Cancel(Tick.Instance);
        AnswerIfIdle();
    }

    private void AnswerIfIdle()
    {
        if (_parcels.Count > 0)
            return;
        foreach (var asker in _awaitIdle)
            asker.Tell(Akka.Done.Instance);
        _awaitIdle.Clear();
    }

    /// <summary>Asks to be told <see cref="Akka.Done"/> when no batch is in flight.</summary>
    public sealed class AwaitIdle
    {
        /// <summary>The one instance.</summary>
        public static readonly AwaitIdle Instance = new();
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class Parcel(Deposit deposit, MailboxMessage.Store message, long since)
    {
        public Deposit Deposit => deposit;

        public MailboxMessage.Store Message => message;

        public long Since => since;

        public TimeSpan SendAt { get; set; } = s_resendAfter;
    }
}
