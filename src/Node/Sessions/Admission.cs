namespace ChatAkka.Node.Sessions;

/// <summary>Lets so many logins ask the registry at once and the others wait in order: 500 clients of a dead node come together.</summary>
/// <remarks>Pure and not thread-safe. What waits is bounded by the connections a node takes.</remarks>
/// <param name="atOnce">How many at once.</param>
internal sealed class Admission(int atOnce)
{
    private readonly Queue<SessionOperation.Claim> _waiting = [];
    private int _inside;

    /// <summary>True where the claim may start now; else it comes out of <see cref="Leave"/> one day.</summary>
    public bool TryEnter(SessionOperation.Claim claim)
    {
        if (_inside >= atOnce)
        {
            _waiting.Enqueue(claim);
            return false;
        }

        _inside++;
        return true;
    }

    /// <summary>A claim is done; gives the next that may start, or null.</summary>
    public SessionOperation.Claim? Leave()
    {
        if (_waiting.TryDequeue(out var next))
            return next;
        _inside--;
        return null;
    }
}
