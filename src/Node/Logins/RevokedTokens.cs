using System.Collections.Concurrent;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>The tokens that are revoked and the accounts that changed, as this node knows them. Any thread may call it.</summary>
/// <remarks>What is known is never forgotten before every token that it stops has ended, even if the store loses it.</remarks>
/// <param name="names">The policy for names.</param>
/// <param name="time">The clock.</param>
internal sealed class RevokedTokens(UserNames names, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Before, DateTimeOffset Until)> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TokenRevocation.Account> _accounts = new(StringComparer.Ordinal);
    private volatile bool _isKnown;

    /// <summary>True if the list was read at least once. Before that, nobody can log in with a token or a password.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>Adds what the store has.</summary>
    public void Add(IEnumerable<TokenRevocation> revocations)
    {
        foreach (var revocation in revocations)
        {
            switch (revocation)
            {
                case TokenRevocation.Token t:
                    _tokens[t.Id] = t.Until;
                    break;
                case TokenRevocation.User u:
                    _users.AddOrUpdate(Compare(u.Name), (u.Before, u.Until), (_, old) => old.Before > u.Before ? old : (u.Before, u.Until));
                    break;
                case TokenRevocation.Account a:
                    _accounts.AddOrUpdate(Compare(a.Name), a, (_, old) => old.Epoch > a.Epoch ? old : a);
                    break;
            }
        }

        _isKnown = true;
        Forget();
    }

    /// <summary>Says why what a session depends on is revoked; <see cref="ErrorCode.None"/> if it is not. The times of tokens mean nothing for accounts.</summary>
    public ErrorCode Check(SessionGrant grant)
    {
        if (!grant.IsToken)
        {
            return !_accounts.TryGetValue(grant.User, out var account) || grant.AccountEpoch >= account.Epoch ? ErrorCode.None
                : account.IsClosed ? ErrorCode.AccountClosed : ErrorCode.PasswordChanged;
        }

        var isRevoked = (grant.TokenId is { } id && _tokens.ContainsKey(id)) || (_users.TryGetValue(grant.User, out var user) && grant.Issued <= user.Before);
        return isRevoked ? ErrorCode.TokenRevoked : ErrorCode.None;
    }

    private string Compare(string name) => UserName.TryCreate(name) is { } user ? names.Compare(user).Text : name;

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _tokens)
        {
            if (until < now)
                _tokens.TryRemove(new(id, until));
        }

        foreach (var (user, entry) in _users)
        {
            if (entry.Until < now)
                _users.TryRemove(new(user, entry));
        }

        foreach (var (user, account) in _accounts)
        {
            if (account.Until < now)
                _accounts.TryRemove(new(user, account));
        }
    }
}
