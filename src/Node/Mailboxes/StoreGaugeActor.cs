using Akka.Actor;
using Akka.Event;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Watches how full the store is, and warns operators before chats have to be refused.</summary>
internal sealed class StoreGaugeActor : ReceiveActor, IWithTimers
{
    /// <summary>The name of the actor.</summary>
    public const string Name = "store-gauge";

    private const int WarnFrom = 80;
    private const int CalmBelow = 75;

    private readonly MailboxTimings _timings;
    private readonly StoreGauge _gauge;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Level _level;

    /// <summary>Makes the actor.</summary>
    /// <param name="gauge">Asks the store how full it is.</param>
    /// <param name="timings">How often it is asked.</param>
    public StoreGaugeActor(StoreGauge gauge, MailboxTimings timings)
    {
        _timings = timings;
        _gauge = gauge;
        Receive<Due>(_ => _gauge.LookAsync().PipeTo(Self, success: use => new Looked(use), failure: _ => new Failed()));
        Receive<Looked>(m =>
        {
            if (m.Use is { } use)
                Take(use);
            Timers.StartSingleTimer(nameof(Due), new Due(), m.Use is null ? _timings.UnboundedGaugeInterval : _timings.GaugeInterval);
        });
        Receive<Failed>(_ => Timers.StartSingleTimer(nameof(Due), new Due(), _timings.GaugeInterval));
    }

    private enum Level
    {
        Calm,
        Warned,
        Full,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Self.Tell(new Due());

    private void Take(StoreUse use)
    {
        if (use.IsFull && _level != Level.Full)
        {
            _level = Level.Full;
            _log.Error(
                "The embedded store is full ({0:N0} bytes, chat.redis.embedded.max-memory): chats that must be stored are refused until messages are read",
                use.Used);
        }
        else if (!use.IsFull && (_level == Level.Full || (_level == Level.Calm && use.Percent >= WarnFrom)))
        {
            _level = Level.Warned;
            _log.Warning(
                "The embedded store uses {0} % of {1:N0} bytes (chat.redis.embedded.max-memory): when it is full, chats that must be stored are refused",
                use.Percent,
                use.Bound);
        }
        else if (use.Percent < CalmBelow)
            _level = Level.Calm;
    }

    private sealed record Due;

    private sealed record Looked(StoreUse? Use);

    private sealed record Failed;
}
