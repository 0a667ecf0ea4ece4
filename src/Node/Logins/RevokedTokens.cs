using System.Collections.Concurrent;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>The tokens that are revoked, as this node knows them. Any thread may call it.</summary>
/// <remarks>What is known is never forgotten before every token that it stops has ended, even if the store loses it.</remarks>
/// <param name="names">The policy for names.</param>
/// <param name="time">The clock.</param>
internal sealed class RevokedTokens(UserNames names, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Before, DateTimeOffset Until)> _users = new(StringComparer.Ordinal);
    private volatile bool _isKnown;

    /// <summary>True if the list was read at least once. Before that, nobody can log in with a token.</summary>
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
                    var user = UserName.TryCreate(u.Name) is { } name ? names.Compare(name).Text : u.Name;
                    _users.AddOrUpdate(user, (u.Before, u.Until), (_, old) => old.Before > u.Before ? old : (u.Before, u.Until));
                    break;
            }
        }

        _isKnown = true;
        Forget();
    }

    /// <summary>True if the token by which a session is held, or would be held, is revoked.</summary>
    public bool Contains(SessionGrant grant) =>
        (grant.TokenId is { } id && _tokens.ContainsKey(id)) || (_users.TryGetValue(grant.User, out var user) && grant.Issued <= user.Before);

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
    }
}
