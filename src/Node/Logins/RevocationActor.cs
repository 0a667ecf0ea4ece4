using Akka.Actor;
using Akka.Event;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>Keeps what this node knows of revoked tokens up to date: asks the store again and again whether the list has changed.</summary>
/// <remarks>docs/decisions/0046 says why it asks, and does not wait to be told.</remarks>
internal sealed class RevocationActor : ReceiveActor, IWithTimers
{
    private readonly ITokenRevocations _store;
    private readonly RevokedTokens _revoked;
    private readonly RevocationTimings _timings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private string? _version;
    private bool _isAway;

    /// <summary>Makes the actor.</summary>
    /// <param name="store">Where revocations are kept.</param>
    /// <param name="revoked">What this node knows.</param>
    /// <param name="timings">How often it asks.</param>
    public RevocationActor(ITokenRevocations store, RevokedTokens revoked, RevocationTimings timings)
    {
        (_store, _revoked, _timings) = (store, revoked, timings);
        Receive<Tick>(_ => Look());
        Receive<RevocationsOutcome>(OnAnswer);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Look();

    private void Look() => _store.LookAsync(_version).PipeTo(Self, failure: e => new RevocationsOutcome.Unavailable(e.GetBaseException().Message));

    private void OnAnswer(RevocationsOutcome answer)
    {
        if (answer is RevocationsOutcome.Known known)
        {
            _version = known.Version;
            _revoked.Add(known.Revocations);
        }

        if (answer is RevocationsOutcome.Unavailable away && !_isAway)
            _log.Warning("The store cannot be asked which tokens are revoked. What is known stays revoked; what is revoked now takes effect when it answers: {0}", away.Reason);
        _isAway = answer is RevocationsOutcome.Unavailable;
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _timings.LookInterval);
    }

    private sealed record Tick;
}
