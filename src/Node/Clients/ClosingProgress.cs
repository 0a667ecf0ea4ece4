using ChatAkka.Protocol;

namespace ChatAkka.Node.Clients;

/// <summary>What a connection does next about its closing.</summary>
internal abstract record ClosingStep
{
    private ClosingStep()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record None : ClosingStep;

    /// <summary>Waits for the open receipts, within a time limit. No further line is handled.</summary>
    public sealed record AwaitReceipts : ClosingStep;

    /// <summary>Stores the messages that the client did not read, within a time limit.</summary>
    public sealed record StoreUnread : ClosingStep;

    /// <summary>Closes, after a line that confirms the logout.</summary>
    /// <param name="IsJson">True if the line is JSON, false if it is text.</param>
    public sealed record ConfirmLogout(bool IsJson) : ClosingStep;

    /// <summary>Closes.</summary>
    /// <param name="Reason">The error that the client is told; <see cref="ErrorCode.None"/>: the client is told nothing.</param>
    public sealed record Close(ErrorCode Reason) : ClosingStep;
}

/// <summary>Decides when a connection closes, and what its client is told last.</summary>
/// <remarks>
/// <code>
/// Open --logout, end of input--> AwaitingReceipts --last receipt, or time limit--> Closed
///  |  \--no receipt is open-------------------------------------------------------> Closed
///  |--slow consumer-----> StoringUnread (logout and receipts wait) --stored, or time limit--> Closed
///  '--told to close (any phase)--> Closed
/// </code>
/// Pure and not thread-safe. A connection closes once: whatever comes later changes nothing.
/// </remarks>
internal sealed class ClosingProgress
{
    private static readonly ClosingStep s_none = new ClosingStep.None();
    private Phase _phase;
    private bool? _logoutIsJson;

    private enum Phase
    {
        Open,
        AwaitingReceipts,
        StoringUnread,
        Closed,
    }

    /// <summary>The client logged out, or its input ended after its last line. Only the first call counts.</summary>
    /// <param name="logoutIsJson">True if <c>logout</c> was JSON, false if it was typed; null if the input ended without it.</param>
    /// <param name="hasOpenReceipts">True if a chat with an id is not answered yet.</param>
    public ClosingStep Leave(bool? logoutIsJson, bool hasOpenReceipts)
    {
        if (_phase != Phase.Open)
        {
            // A client that does not read would not read receipts either. It is closed when its unread messages are stored.
            return s_none;
        }

        _logoutIsJson = logoutIsJson;
        _phase = Phase.AwaitingReceipts;
        return hasOpenReceipts ? new ClosingStep.AwaitReceipts() : ReceiptsDone();
    }

    /// <summary>The last open receipt was written, or the time limit for it has passed.</summary>
    public ClosingStep ReceiptsDone()
    {
        if (_phase != Phase.AwaitingReceipts)
            return s_none;
        _phase = Phase.Closed;
        return _logoutIsJson is { } isJson ? new ClosingStep.ConfirmLogout(isJson) : new ClosingStep.Close(ErrorCode.None);
    }

    /// <summary>The client does not read: its outbound buffer is full, or its socket takes nothing. Nothing more can be written to the client.</summary>
    public ClosingStep Overflow()
    {
        if (_phase is not (Phase.Open or Phase.AwaitingReceipts))
            return s_none;
        _phase = Phase.StoringUnread;
        return new ClosingStep.StoreUnread();
    }

    /// <summary>The unread messages are stored, there are none, or the time limit for them has passed. The client was told why before.</summary>
    public ClosingStep UnreadStored()
    {
        if (_phase != Phase.StoringUnread)
            return s_none;
        _phase = Phase.Closed;
        return new ClosingStep.Close(ErrorCode.SlowConsumer);
    }

    /// <summary>The connection was told to close: another login replaced its session, a time-out passed, the server closes, or an operator wants it.</summary>
    public ClosingStep Close(ErrorCode reason)
    {
        if (_phase == Phase.Closed)
            return s_none;
        _phase = Phase.Closed;
        return new ClosingStep.Close(reason);
    }
}
