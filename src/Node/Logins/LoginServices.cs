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
/// <param name="Revoked">What is revoked; null if sessions depend on nothing.</param>
/// <param name="Store">Where revocations are kept; null if sessions depend on nothing.</param>
/// <param name="Accounts">What this node has for accounts; null if it has none.</param>
/// <param name="Typed">When a person who types commands is asked for a password.</param>
internal sealed record LoginServices(
    ILoginPolicy Policy,
    UserNames Names,
    GrantCheck Grants,
    RevokedTokens? Revoked = null,
    ITokenRevocations? Store = null,
    AccountServices? Accounts = null,
    TypedPasswords Typed = default)
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
            return new LoginServices(new LoginModes(open, token: null), names, grants);
        var workers = new CredentialWorkers(settings.Workers, settings.QueueLength);
        var token = settings.Tokens is { } tokens
            ? new TokenLogins(new TokenVerifier(tokens, new KeySource(tokens, time, onProblem), time), names, revoked, workers)
            : null;
        if (settings.Passwords is not { } passwords)
            return new LoginServices(new LoginModes(open, token), names, grants, revoked, store);
        var work = new PasswordWork(new PasswordHasher(passwords.Cost), workers, settings.QueueLength);
        var delays = new FailureDelays(DelayPolicy.OfAccounts, DelayPolicy.OfAddresses, FailureDelays.Standard, time);
        var accounts = new AccountServices(startAccounts(), work, delays, store);
        var quota = passwords.MayRegister ? new RegistrationQuota(passwords.RegisterPerHour, time) : null;
        var modes = new LoginModes(
            open,
            token,
            new PasswordLogins(accounts.Accounts, work, names, revoked, delays, LoginTimings.Standard, time),
            new Registrations(accounts.Accounts, work, names, quota));
        return new LoginServices(modes, names, grants, revoked, store, accounts, new TypedPasswords(AtLogin: !settings.IsOpen, AtRegistration: quota is not null));
    }

    /// <summary>Starts the actor that keeps what is revoked up to date, if this node needs to know it.</summary>
    public void WatchRevocations(IActorRefFactory actors)
    {
        if (Revoked is { } revoked && Store is { } store)
            actors.ActorOf(Props.Create(() => new RevocationActor(store, revoked, RevocationTimings.Standard)), "revocations");
    }
}
