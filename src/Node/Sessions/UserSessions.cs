using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>What this node wants the registry to say about one user, and what it has to ask next so that the registry says it.</summary>
/// <remarks>
/// Pure and not thread-safe: the registrar tells it what happened, asks for the <see cref="Next"/> step, and does it. When a step ends, what is still
/// missing is the next step:
/// <code>
/// 1. a connection that is gone may have left a session in the registry  --> Release
/// 2. the live session may be missing in the registry                    --> Restore
/// 3. a login waits                                                      --> Claim
/// </code>
/// A release that the registry did not take is tried again later. Until then the other steps go first: what comes after it must not wait for Redis.
/// </remarks>
internal sealed class UserSessions
{
    private readonly LinkedList<Login> _logins = [];
    private readonly List<long> _leftovers = [];
    private bool _mayRelease = true;
    private SessionStep? _inFlight;

    /// <summary>The user's session here; null if there is none.</summary>
    public LocalSession? Live { get; private set; }

    /// <summary>True if the live session waits to be claimed again, or is being claimed again.</summary>
    public bool IsRestoring => MustRestore || _inFlight is SessionStep.Restore;

    /// <summary>True if nothing is in flight and nothing is left to do.</summary>
    public bool IsIdle => _inFlight is null && _logins.Count == 0 && _leftovers.Count == 0 && !MustRestore;

    private bool MustRestore { get; set; }

    /// <summary>A login arrived. Logins of one user are claimed in the order of their arrival.</summary>
    public void Add(Login login) => _logins.AddLast(login);

    /// <summary>The registry may have lost the live session.</summary>
    public void Restore() => MustRestore = Live is not null;

    /// <summary>A session ended, or the connection of a login is gone.</summary>
    /// <returns>The login if its claim was the step in flight and the registry was not asked yet: it is withdrawn. Else null.</returns>
    public Login? End(LocalSession session)
    {
        if (session == Live)
        {
            Live = null;
            MustRestore = false;
            AddLeftover(session);
        }
        else if (_inFlight is SessionStep.Claim { Login: { } login } && login.Session == session)
        {
            if (!login.HasBegun)
            {
                _inFlight = null;
                return login;
            }

            login.Abandon();
            AddLeftover(session);
        }
        else if (_logins.FirstOrDefault(l => l.Session == session) is { } waiting)
        {
            // Nobody asked the registry yet: nothing stands there, and nobody is to be replaced for a login whose client is gone.
            _logins.Remove(waiting);
        }

        return null;
    }

    /// <summary>Gives the next step, which is in flight from now on; null if one is in flight, or there is nothing to do.</summary>
    public SessionStep? Next()
    {
        if (_inFlight is not null)
            return null;
        if (_leftovers.Count > 0 && _mayRelease)
            _inFlight = new SessionStep.Release(_leftovers[0]);
        else if (MustRestore)
        {
            MustRestore = false;
            _inFlight = new SessionStep.Restore(Live!);
        }
        else if (_logins.First is { } first)
        {
            _logins.RemoveFirst();
            _inFlight = new SessionStep.Claim(first.Value);
        }

        return _inFlight;
    }

    /// <summary>The registry took a claim.</summary>
    /// <param name="login">The login.</param>
    /// <param name="before">The session that was live here before.</param>
    /// <returns>False if the connection is gone meanwhile: the claim is released, and whoever was live before stays, and is put back.</returns>
    public bool Claimed(Login login, out LocalSession? before)
    {
        _inFlight = null;
        before = Live;
        if (login.IsAbandoned)
        {
            Restore();
            return false;
        }

        Live = login.Session;
        MustRestore = false;

        // The same connection holds the session by a later claim: releasing its earlier one would end this one.
        _leftovers.Remove(login.Session.Connection.Id);
        return true;
    }

    /// <summary>The registry refused a claim, or did not answer.</summary>
    /// <param name="login">The login.</param>
    /// <param name="mayStand">True if the claim may stand in the registry nevertheless, in place of the live session.</param>
    public void NotClaimed(Login login, bool mayStand)
    {
        _inFlight = null;
        if (!mayStand)
            return;
        AddLeftover(login.Session);
        Restore();
    }

    /// <summary>The registry refused a claim in favour of what a connection of this node left there: the release goes first, and the claim is tried once more.</summary>
    /// <returns>False if nothing is left over of that connection, the login is gone, or this was the second try.</returns>
    public bool TryAgainAfterRelease(Login login, long holder)
    {
        if (login.IsAbandoned || login.IsSecondTry || !_leftovers.Contains(holder))
            return false;
        _inFlight = null;
        _mayRelease = true;
        login.HasBegun = false;
        login.IsSecondTry = true;
        _logins.AddFirst(login);
        return true;
    }

    /// <summary>True if a connection may have left a session in the registry.</summary>
    public bool IsLeftover(long connection) => _leftovers.Contains(connection);

    /// <summary>The live session was claimed again, or that failed.</summary>
    public void Restored() => _inFlight = null;

    /// <summary>A release was tried.</summary>
    /// <param name="connection">Whose.</param>
    /// <param name="isDone">False if the registry did not take it: it is not tried again before <see cref="TryReleasesAgain"/>.</param>
    public void Released(long connection, bool isDone)
    {
        _inFlight = null;
        _mayRelease = isDone;
        // While it stood there, the live session may have been refused in its favour.
        if (isDone && _leftovers.Remove(connection))
            Restore();
    }

    /// <summary>Releases that the registry did not take may be tried again.</summary>
    public void TryReleasesAgain() => _mayRelease = true;

    private void AddLeftover(LocalSession session)
    {
        if (!_leftovers.Contains(session.Connection.Id))
            _leftovers.Add(session.Connection.Id);
    }
}
