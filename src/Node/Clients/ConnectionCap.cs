namespace ChatAkka.Node.Clients;

/// <summary>The connections of a listener, and the cap on their number. It says whether one more may be open, and which closing connection is cut
/// off. Pure.</summary>
/// <remarks>
/// <code>
/// Add --> open --BeginClosing--> closing --Remove--> gone
/// </code>
/// Only open connections count towards the cap. As many connections may be closing as may be open. If more are closing, the one that began first
/// is cut off. A connection that was cut off does not count any more, and it is removed when its actor has ended.
/// </remarks>
/// <typeparam name="T">What identifies a connection.</typeparam>
/// <param name="most">The cap: the largest number of open connections.</param>
internal sealed class ConnectionCap<T>(int most)
    where T : notnull
{
    private readonly HashSet<T> _all = [];
    private readonly HashSet<T> _open = [];

    // The closing connections that were not cut off, in the order in which they began to close.
    private readonly LinkedList<T> _closing = [];
    private readonly Dictionary<T, LinkedListNode<T>> _closingAt = [];

    /// <summary>The connections that count towards the cap.</summary>
    public IReadOnlyCollection<T> Open => _open;

    /// <summary>How many connections are closing and were not cut off.</summary>
    public int Closing => _closing.Count;

    /// <summary>True if no further connection may be opened.</summary>
    public bool IsFull => _open.Count >= most;

    /// <summary>True if there is no connection, neither open nor closing.</summary>
    public bool IsEmpty => _all.Count == 0;

    /// <summary>True for a connection that was added and not yet removed.</summary>
    public bool Contains(T connection) => _all.Contains(connection);

    /// <summary>Adds an open connection.</summary>
    public void Add(T connection)
    {
        _all.Add(connection);
        _open.Add(connection);
    }

    /// <summary>Records that an open connection begins to close, so that it does not count towards the cap any more. Does nothing for a connection
    /// that is not open.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cutOff">The closing connection that has to be cut off.</param>
    /// <returns>True if a connection has to be cut off, because too many are closing.</returns>
    public bool BeginClosing(T connection, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T cutOff)
    {
        cutOff = default;
        if (!_open.Remove(connection))
            return false;
        _closingAt[connection] = _closing.AddLast(connection);
        if (_closing.Count <= most)
            return false;
        cutOff = _closing.First!.Value;
        ForgetClosing(cutOff);
        return true;
    }

    /// <summary>Removes a connection whose actor has ended, in whatever state it was.</summary>
    /// <returns>True if it was open until now.</returns>
    public bool Remove(T connection)
    {
        _all.Remove(connection);
        ForgetClosing(connection);
        return _open.Remove(connection);
    }

    private void ForgetClosing(T connection)
    {
        if (_closingAt.Remove(connection, out var node))
            _closing.Remove(node);
    }
}
