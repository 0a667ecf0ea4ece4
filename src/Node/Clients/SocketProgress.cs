namespace ChatAkka.Node.Clients;

/// <summary>What the actor of a connection does next about its socket.</summary>
internal enum SocketStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Closes the socket at once, even if bytes wait to be written.</summary>
    Abort,

    /// <summary>Ends the session, and waits for the reader of its mailbox, which may have to send the client's last acknowledgement.</summary>
    AwaitReader,

    /// <summary>Ends the session and the actor.</summary>
    Stop,
}

/// <summary>Decides when the socket of a connection is closed by force, and when the connection's actor ends.</summary>
/// <remarks>Pure and not thread-safe. The actor must not end before the source of its socket is known: otherwise nobody would close that socket.</remarks>
internal sealed class SocketProgress
{
    private Phase _phase;
    private bool _isCutOff;

    private enum Phase
    {
        Starting,
        Open,
        Aborted,
        AwaitingReader,
        Ended,
    }

    /// <summary>The stage of the connection has started, so the socket can be closed.</summary>
    public SocketStep SourceReady()
    {
        if (_phase != Phase.Starting)
            return SocketStep.None;
        _phase = Phase.Open;
        return _isCutOff ? CutOff() : SocketStep.None;
    }

    /// <summary>The client had time enough to read its last lines, or others need its place. If the source is not known yet, the socket is closed when
    /// it is.</summary>
    public SocketStep CutOff()
    {
        _isCutOff = true;
        if (_phase != Phase.Open)
            return SocketStep.None;
        _phase = Phase.Aborted;
        return SocketStep.Abort;
    }

    /// <summary>The socket is closed, by the client, by the network or by <see cref="SocketStep.Abort"/>.</summary>
    /// <param name="hasReader">True if a reader of the mailbox was started.</param>
    public SocketStep SocketClosed(bool hasReader)
    {
        if (_phase is Phase.AwaitingReader or Phase.Ended)
            return SocketStep.None;
        _phase = hasReader ? Phase.AwaitingReader : Phase.Ended;
        return hasReader ? SocketStep.AwaitReader : SocketStep.Stop;
    }

    /// <summary>The reader of the mailbox ended.</summary>
    public SocketStep ReaderEnded()
    {
        if (_phase != Phase.AwaitingReader)
            return SocketStep.None;
        _phase = Phase.Ended;
        return SocketStep.Stop;
    }
}
