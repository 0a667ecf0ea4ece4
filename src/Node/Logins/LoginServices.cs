using Akka.Actor;
using ChatAkka.Authentication.Names;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Authentication.Tokens;
using ChatAkka.Node.Accounts;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>What a node needs to decide about logins.</summary>
/// <param name="Policy">Decides who may log in.</param>
/// <param name="Names">The policy for names.</param>
/// <param name="Grants">Says which sessions must end.</param>
/// <param name="Revoked">The tokens that are revoked; null if sessions depend on nothing.</param>
/// <param name="Store">Where revocations are kept; null if sessions depend on nothing.</param>
/// <param name="Accounts">The accounts; null if this node has none.</param>
/// <param name="Delays">Makes logins wait after failures; null if this node has no accounts.</param>
/// <param name="AsksForPasswords">True if a typed login asks for a password.</param>
internal sealed record LoginServices(
    ILoginPolicy Policy,
    UserNames Names,
    GrantCheck Grants,
    RevokedTokens? Revoked = null,
    ITokenRevocations? Store = null,
    IAccounts? Accounts = null,
    FailureDelays? Delays = null,
    bool AsksForPasswords = false)
{
    /// <summary>Makes what the settings say.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="store">Where revocations are kept.</param>
    /// <param name="startAccounts">Starts this node's part of the accounts.</param>
    /// <param name="onProblem">Is told if a file with keys changed and cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KeyFileException">A file with keys cannot be used.</exception>
    public static LoginServices Create(
        AuthSettings settings, ITokenRevocations store, Func<IAccounts> startAccounts, Action<string> onProblem, TimeProvider time)
    {
        var names = new UserNames(new NamePolicy(settings.NamesAreSafe, settings.ReservedNames));
        var revoked = new RevokedTokens(names, time);
        var grants = new GrantCheck(revoked, settings.RenewGrace, time);
        var open = settings.IsOpen ? new OpenLogins(names) : null;
        if (settings is { Tokens: null, Passwords: null })
            return new LoginServices(open!, names, grants);
        var workers = new CredentialWorkers(settings.Workers, settings.QueueLength);
        var token = settings.Tokens is { } t
            ? new TokenLogins(new TokenVerifier(t, new KeySource(t, time, onProblem), time), names, revoked, workers)
            : null;
        if (settings.Passwords is not { } p)
            return new LoginServices(new LoginModes(open, token), names, grants, revoked, store);
        var (accounts, delays) = (startAccounts(), new FailureDelays(DelayPolicy.Standard, time));
        var password = new PasswordLogins(accounts, new PasswordHasher(p.Cost), names, revoked, delays, p.MayRegister ? p.RegisterPerHour : 0, workers, time);
        return new LoginServices(
            new LoginModes(open, token, password), names, grants, revoked, store, accounts, delays, AsksForPasswords: !settings.IsOpen);
    }

    /// <summary>Starts the actor that keeps what is revoked up to date, if this node needs to know it.</summary>
    public void WatchRevocations(IActorRefFactory actors)
    {
        if (Revoked is { } revoked && Store is { } store)
            actors.ActorOf(Props.Create(() => new RevocationActor(store, revoked, RevocationTimings.Standard)), "revocations");
    }
}
