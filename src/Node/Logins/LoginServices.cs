using Akka.Actor;
using ChatAkka.Authentication.Names;
using ChatAkka.Authentication.Tokens;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>What a node needs to decide about logins.</summary>
/// <param name="Policy">Decides who may log in.</param>
/// <param name="Names">The policy for names.</param>
/// <param name="Grants">Says which sessions must end.</param>
/// <param name="Revoked">The tokens that are revoked; null if this node takes no tokens.</param>
/// <param name="Store">Where revocations are kept; null if this node takes no tokens.</param>
internal sealed record LoginServices(ILoginPolicy Policy, UserNames Names, GrantCheck Grants, RevokedTokens? Revoked = null, ITokenRevocations? Store = null)
{
    /// <summary>Makes what the settings say.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="store">Where revocations are kept.</param>
    /// <param name="onProblem">Is told if a file with keys changed and cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KeyFileException">A file with keys cannot be used.</exception>
    public static LoginServices Create(AuthSettings settings, ITokenRevocations store, Action<string> onProblem, TimeProvider time)
    {
        var names = new UserNames(new NamePolicy(settings.NamesAreSafe, settings.ReservedNames));
        var revoked = new RevokedTokens(names, time);
        var grants = new GrantCheck(revoked, settings.RenewGrace, time);
        var open = settings.IsOpen ? new OpenLogins(names) : null;
        if (settings.Tokens is not { } tokens)
            return new LoginServices(new LoginModes(open, token: null), names, grants);
        var verifier = new TokenVerifier(tokens, new KeySource(tokens, time, onProblem), time);
        var workers = new CredentialWorkers(settings.Workers, settings.QueueLength);
        return new LoginServices(new LoginModes(open, new TokenLogins(verifier, names, revoked, workers)), names, grants, revoked, store);
    }

    /// <summary>Starts the actor that keeps what is revoked up to date, if this node needs to know it.</summary>
    public void WatchRevocations(IActorRefFactory actors)
    {
        if (Revoked is { } revoked && Store is { } store)
            actors.ActorOf(Props.Create(() => new RevocationActor(store, revoked, RevocationTimings.Standard)), "revocations");
    }
}
