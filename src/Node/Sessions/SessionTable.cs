using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>The users that this node has to do with in the registry, and whose live session is claimed again or compared with the registry next.</summary>
/// <remarks>Pure and not thread-safe.</remarks>
internal sealed class SessionTable
{
    /// <summary>Every session is compared with the registry once in so many turns.</summary>
    public const int TurnsPerRound = 3;

    private readonly Dictionary<UserName, UserSessions> _users = [];
    private readonly HashSet<UserName> _busy = [];
    private readonly HashSet<UserName> _restoring = [];
    private Queue<LocalSession> _toRestore = [];
    private Queue<LocalSession> _toCompare = [];
    private int _perTurn;

    /// <summary>True if nothing is left to do for any user.</summary>
    public bool IsIdle => _busy.Count == 0;

    /// <summary>How many live sessions are being claimed again.</summary>
    public int Restoring => _restoring.Count;

    /// <summary>Gives what is known of a user. Whoever changes it calls <see cref="Update"/> afterwards.</summary>
    public UserSessions Of(UserName user)
    {
        if (!_users.TryGetValue(user, out var sessions))
            _users[user] = sessions = new UserSessions();
        return sessions;
    }

    /// <summary>Takes note of what changed for a user; a user of whom nothing is left is forgotten.</summary>
    public void Update(UserName user)
    {
        var sessions = Of(user);
        Set(_busy, user, !sessions.IsIdle);
        Set(_restoring, user, sessions.IsRestoring);
        if (sessions.IsIdle && sessions.Live is null)
            _users.Remove(user);
    }

    /// <summary>True if something is in flight or left to do for a user.</summary>
    public bool IsBusy(UserName user) => _busy.Contains(user);

    /// <summary>True for a live session that the registry does not name. If something is in flight for the user, the registry was changed since it was
    /// asked, or is about to be: then this gives false.</summary>
    /// <param name="session">The session.</param>
    /// <param name="outcome">What the registry said about its user.</param>
    /// <param name="self">This node.</param>
    public bool IsMissing(LocalSession session, FindOutcome outcome, NodeId self) =>
        IsLive(session) && !IsBusy(session.User)
        && outcome switch
        {
            FindOutcome.Unavailable => false,
            FindOutcome.Found found => found.Session.Owner != new SessionOwner(self, session.Connection.Id),
            _ => true,
        };

    /// <summary>True for a session that did not end and was not succeeded by a later one.</summary>
    public bool IsLive(LocalSession session) => _users.GetValueOrDefault(session.User)?.Live == session;

    /// <summary>All live sessions have to be claimed again; gives how many.</summary>
    public int RestoreAll()
    {
        _toRestore = new Queue<LocalSession>(Live());
        return _toRestore.Count;
    }

    /// <summary>The next session to claim again; null if none is left.</summary>
    public LocalSession? NextToRestore()
    {
        // Sessions that ended or were claimed anew meanwhile need nothing.
        while (_toRestore.TryDequeue(out var session))
        {
            if (IsLive(session))
                return session;
        }

        return null;
    }

    /// <summary>The sessions whose turn it is to be compared with the registry.</summary>
    public IReadOnlyList<LocalSession> NextToCompare()
    {
        if (_toCompare.Count == 0)
        {
            _toCompare = new Queue<LocalSession>(Live());
            _perTurn = (_toCompare.Count + TurnsPerRound - 1) / TurnsPerRound;
        }

        List<LocalSession> turn = [];
        while (turn.Count < _perTurn && _toCompare.TryDequeue(out var session))
        {
            if (IsLive(session))
                turn.Add(session);
        }

        return turn;
    }

    private IEnumerable<LocalSession> Live() => _users.Values.Select(u => u.Live).OfType<LocalSession>();

    private static void Set(HashSet<UserName> set, UserName user, bool isIn)
    {
        if (isIn)
            set.Add(user);
        else
            set.Remove(user);
    }
}
