using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>The sessions that this node holds, with those that are still to be claimed again or compared with the registry.</summary>
/// <remarks>Pure and not thread-safe.</remarks>
internal sealed class LiveSessions
{
    /// <summary>Every session is compared with the registry once in so many turns.</summary>
    public const int TurnsPerRound = 3;

    private readonly Dictionary<UserName, LocalSession> _live = [];
    private Queue<LocalSession> _toRestore = [];
    private Queue<LocalSession> _toCompare = [];
    private int _perTurn;

    /// <summary>Finds a user's session; null where there is none.</summary>
    public LocalSession? Find(UserName user) => _live.GetValueOrDefault(user);

    /// <summary>True for a session that was not ended or succeeded by a later one.</summary>
    public bool IsLive(LocalSession session) => Find(session.User) == session;

    /// <summary>A session was claimed.</summary>
    public void Add(LocalSession session) => _live[session.User] = session;

    /// <summary>A session ended; nothing happens where a later one took its place.</summary>
    public void Remove(LocalSession session)
    {
        if (IsLive(session))
            _live.Remove(session.User);
    }

    /// <summary>All have to be claimed again; gives how many.</summary>
    public int RestoreAll()
    {
        _toRestore = new Queue<LocalSession>(_live.Values);
        return _toRestore.Count;
    }

    /// <summary>The next one to claim again; null where none is left.</summary>
    public LocalSession? NextToRestore()
    {
        // Those that ended or were claimed anew meanwhile need nothing.
        while (_toRestore.TryDequeue(out var session))
        {
            if (IsLive(session))
                return session;
        }

        return null;
    }

    /// <summary>Those whose turn it is to be compared with the registry.</summary>
    public IReadOnlyList<LocalSession> NextToCompare()
    {
        if (_toCompare.Count == 0)
        {
            _toCompare = new Queue<LocalSession>(_live.Values);
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
}
