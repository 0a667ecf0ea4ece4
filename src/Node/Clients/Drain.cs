namespace ChatAkka.Node.Clients;

/// <summary>A drain: it says which clients are sent to other nodes next, so that they go at a set pace, and each is told once. Pure.</summary>
/// <remarks>The pace is kept by an allowance of clients that may be sent away now. It grows with the time that passes. What is not used does not
/// pile up beyond one client, so clients that connect late are not sent away all at once.</remarks>
/// <typeparam name="T">What identifies a connection.</typeparam>
internal sealed class Drain<T>
    where T : notnull
{
    private readonly HashSet<T> _told = [];
    private double _allowance;

    /// <summary>How many clients are sent to other nodes in a second; 0: there is no drain.</summary>
    public int PerSecond { get; private set; }

    /// <summary>True during a drain.</summary>
    public bool IsActive => PerSecond > 0;

    /// <summary>The number of clients that were sent to other nodes since the last drain began.</summary>
    public long Moved { get; private set; }

    /// <summary>Begins a drain, changes its pace, or ends it.</summary>
    /// <param name="perSecond">How many clients are sent to other nodes in a second; 0 ends the drain.</param>
    public void SetPace(int perSecond)
    {
        if (!IsActive && perSecond > 0)
            (Moved, _allowance) = (0, 1);
        PerSecond = perSecond;
    }

    /// <summary>Gives the connections whose clients have to be told now that they should connect to another node.</summary>
    /// <param name="passed">The time since the last call, or since the drain began.</param>
    /// <param name="open">The open connections.</param>
    public IReadOnlyList<T> Next(TimeSpan passed, IEnumerable<T> open)
    {
        if (!IsActive)
            return [];
        _allowance += PerSecond * passed.TotalSeconds;
        var next = open.Where(c => !_told.Contains(c)).Take((int)_allowance).ToList();
        _told.UnionWith(next);
        Moved += next.Count;
        _allowance = Math.Min(_allowance - next.Count, 1);
        return next;
    }

    /// <summary>Forgets a connection that is not open any more.</summary>
    public void Forget(T connection) => _told.Remove(connection);
}
