using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>Bounds how many logins ask the registry at the same time; the others wait in order. 500 clients of a dead node may log in together.</summary>
/// <remarks>Pure and not thread-safe. The number that waits is bounded by the connections of the node: a login whose connection closes is withdrawn.</remarks>
/// <param name="atOnce">How many at once.</param>
internal sealed class Admission(int atOnce)
{
    private readonly LinkedList<Login> _waiting = [];
    private readonly Dictionary<LocalSession, LinkedListNode<Login>> _places = [];
    private int _inside;

    /// <summary>How many wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>True if the claim may start now. Otherwise <see cref="Leave"/> gives it later.</summary>
    public bool TryEnter(Login claim)
    {
        if (_inside >= atOnce)
        {
            _places[claim.Session] = _waiting.AddLast(claim);
            return false;
        }

        _inside++;
        return true;
    }

    /// <summary>A claim that waits is not wanted any more. If it does not wait, nothing happens.</summary>
    public void Withdraw(Login claim)
    {
        if (_places.Remove(claim.Session, out var place))
            _waiting.Remove(place);
    }

    /// <summary>A claim is done; gives the next that may start, or null.</summary>
    public Login? Leave()
    {
        if (_waiting.First is { } next)
        {
            Withdraw(next.Value);
            return next.Value;
        }

        _inside--;
        return null;
    }
}
