using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Accounts;

/// <summary>One account. Cluster Sharding decides on which node it runs, and lets it stop when nobody asks for it.</summary>
/// <remarks>An order is answered when its event is kept. If a write fails, the actor stops without an answer, and whoever asked is told by a time limit: the event
/// may or may not be kept. Who has no account takes no memory: the actor stops when it has said so, because anybody can ask for any name.</remarks>
internal sealed class AccountActor : ReceivePersistentActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private AccountState _state = AccountState.None;

    /// <summary>Makes the account.</summary>
    /// <param name="entity">Its id: <see cref="AccountIds"/>.</param>
    public AccountActor(string entity)
    {
        PersistenceId = AccountIds.PersistenceIdOf(entity);
        Recover<AccountEvent>(happened => _state = _state.Apply(happened));
        Command<AccountQuestion>(OnQuestion);
        Command<Stop>(_ => Context.Stop(Self));
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _log.Warning("An order to an account could not be kept, and is not answered: {0}", cause.GetBaseException().Message);

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Warning("An account could not be read. Its user cannot log in now: {0}", reason.GetBaseException().Message);

    private void OnQuestion(AccountQuestion question)
    {
        var (result, happens) = _state.Decide(question);
        if (happens is null)
        {
            Answer(result);
            return;
        }

        Persist(happens, happened =>
        {
            _state = _state.Apply(happened);
            Answer(result);
        });
    }

    private void Answer(AccountResult result)
    {
        Sender.Tell(new AccountAnswer(result, _state.Hash, _state.IsDisabled, _state.Epoch));
        if (!_state.Exists)
            Context.Parent.Tell(new Passivate(new Stop()));
    }

    /// <summary>Tells the account to stop: it moves to another node, or nobody asks for it.</summary>
    public sealed record Stop;
}
