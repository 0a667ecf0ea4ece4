using ChatAkka.Protocol;

namespace ChatAkka.Node.Clients;

/// <summary>What to do with an incoming connection.</summary>
internal enum IncomingDecision
{
    /// <summary>The connection is accepted: its client may use this node.</summary>
    Accept,

    /// <summary>The client is sent a line that says why it is refused and which nodes accept clients. Then the connection is closed.</summary>
    Refuse,

    /// <summary>The connection is closed without a line, because too many refusals are in progress.</summary>
    Drop,
}

/// <summary>What a listener knows of its connections, its drain and its end. It decides which incoming connections are accepted. Pure.</summary>
/// <typeparam name="T">What identifies a connection.</typeparam>
/// <param name="cap">The largest number of open connections.</param>
/// <param name="mostRefusals">The largest number of refusals that are in progress at a time.</param>
internal sealed class ListenerState<T>(int cap, int mostRefusals)
    where T : notnull
{
    private int _refusals;

    /// <summary>The connections and their cap.</summary>
    public ConnectionCap<T> Connections { get; } = new(cap);

    /// <summary>The drain, active or not.</summary>
    public Drain<T> Drain { get; } = new();

    /// <summary>The error that clients are sent because the listener closes; null while it does not.</summary>
    public ErrorCode? ClosesWith { get; private set; }

    /// <summary>The error that refused clients are sent.</summary>
    public ErrorCode RefusesWith => ClosesWith ?? ErrorCode.ServerFull;

    /// <summary>How many open connections this node offers to other nodes: the cap, or 0 if it accepts nobody now.</summary>
    public int Offered => ClosesWith is null && !Drain.IsActive ? cap : 0;

    /// <summary>True if the listener closes and every connection has ended.</summary>
    public bool IsClosed => ClosesWith is not null && Connections.IsEmpty;

    /// <summary>Decides what happens to an incoming connection. A refusal is in progress until <see cref="EndRefusal"/>.</summary>
    /// <param name="isOverLimit">True if the limits of its address do not let it in.</param>
    public IncomingDecision Decide(bool isOverLimit = false)
    {
        if (!isOverLimit && !Connections.IsFull && Offered > 0)
            return IncomingDecision.Accept;
        if (_refusals >= mostRefusals)
            return IncomingDecision.Drop;
        _refusals++;
        return IncomingDecision.Refuse;
    }

    /// <summary>Records that a refused connection is closed.</summary>
    public void EndRefusal() => _refusals--;

    /// <summary>Records that the listener closes. From now on it accepts nobody.</summary>
    /// <param name="reason">The error that clients are sent.</param>
    public void Close(ErrorCode reason) => ClosesWith = reason;
}
