using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>A login that waits for its claim.</summary>
/// <param name="session">The session as it will be.</param>
/// <param name="answer">The answer to the login.</param>
internal sealed class Login(LocalSession session, LoginAnswer answer)
{
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>The session as it will be.</summary>
    public LocalSession Session => session;

    /// <summary>The answer to the login.</summary>
    public LoginAnswer Answer => answer;

    /// <summary>True from the moment when the registry is asked.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The node that the first try named as the holder of the session, and that is no living member; null at the first try.</summary>
    public Protocol.NodeId? GoneHolder { get; set; }

    /// <summary>True if it was refused once in favour of what this node had not released yet.</summary>
    public bool IsSecondTry { get; set; }

    /// <summary>Cancelled when the connection is gone: what was not sent to the registry by then is not sent any more.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>True if the connection is gone.</summary>
    public bool IsAbandoned => _abandoned.IsCancellationRequested;

    /// <summary>The connection is gone.</summary>
    public void Abandon() => _abandoned.Cancel();
}
