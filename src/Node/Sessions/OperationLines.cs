using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>What is to be done for each user, one thing after the other: operations on one session never overlap.</summary>
/// <remarks>Pure and not thread-safe. The first of a line is under way.</remarks>
internal sealed class OperationLines
{
    private readonly Dictionary<UserName, Queue<SessionOperation>> _lines = [];

    /// <summary>True where nothing is left to do.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>True where something is to be done for a user.</summary>
    public bool Has(UserName user) => _lines.ContainsKey(user);

    /// <summary>True where a connection's session is to be released.</summary>
    public bool HasRelease(UserName user, ClientConnection connection) =>
        _lines.TryGetValue(user, out var line) && line.Any(o => o is SessionOperation.Release && o.Session.Connection == connection);

    /// <summary>Finds the claim of a session; null where it is done.</summary>
    public SessionOperation.Claim? FindClaim(LocalSession session) =>
        _lines.TryGetValue(session.User, out var line) ? line.OfType<SessionOperation.Claim>().FirstOrDefault(c => c.Session == session) : null;

    /// <summary>Puts an operation behind the others; true where it is the first, to be started now.</summary>
    public bool Add(SessionOperation operation)
    {
        if (!_lines.TryGetValue(operation.User, out var line))
            _lines[operation.User] = line = [];
        line.Enqueue(operation);
        return line.Count == 1;
    }

    /// <summary>The first of a user's line is done; gives the next to start, or null.</summary>
    public SessionOperation? Done(UserName user)
    {
        var line = _lines[user];
        line.Dequeue();
        if (line.Count > 0)
            return line.Peek();
        _lines.Remove(user);
        return null;
    }

    /// <summary>Takes an operation that has not begun out of its line; gives the next to start where it was the first, or null.</summary>
    public SessionOperation? Withdraw(SessionOperation operation)
    {
        var line = _lines[operation.User];
        if (ReferenceEquals(line.Peek(), operation))
            return Done(operation.User);
        _lines[operation.User] = new Queue<SessionOperation>(line.Where(o => !ReferenceEquals(o, operation)));
        return null;
    }

    /// <summary>Puts releases behind everything else; gives what is first then, or null where there are only releases.</summary>
    public SessionOperation? PutReleasesLast(UserName user)
    {
        var line = _lines[user];
        if (line.All(o => o is SessionOperation.Release))
            return null;
        while (line.Peek() is SessionOperation.Release)
            line.Enqueue(line.Dequeue());
        return line.Peek();
    }
}
