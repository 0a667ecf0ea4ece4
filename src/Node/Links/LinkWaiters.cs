using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Links;

/// <summary>Those who wait for a link: for space in its window, or for the result of an entry.</summary>
/// <remarks>Pure and not thread-safe: the link guards it with its lock, and calls what <see cref="TakeDue"/> gave without its lock.</remarks>
internal sealed class LinkWaiters
{
    private readonly List<(long Number, Action Continue)> _forResult = [];
    private List<IWindowWaiter> _forSpace = [];

    /// <summary>Adds one that found the window full.</summary>
    public void AddForSpace(IWindowWaiter waiter) => _forSpace.Add(waiter);

    /// <summary>Adds one that waits until the result of entry <paramref name="number"/> is known.</summary>
    public void AddForResult(long number, Action then) => _forResult.Add((number, then));

    /// <summary>Removes all who can go on.</summary>
    /// <param name="acknowledged">The results of all entries up to this number are known.</param>
    /// <param name="hasSpace">True if those who found the window full can go on.</param>
    public Due TakeDue(long acknowledged, bool hasSpace)
    {
        List<Action>? results = null;
        for (var i = _forResult.Count - 1; i >= 0; i--)
        {
            if (_forResult[i].Number > acknowledged)
                continue;
            (results ??= []).Add(_forResult[i].Continue);
            _forResult.RemoveAt(i);
        }

        if (_forSpace.Count == 0 || !hasSpace)
            return new Due(results, null);
        var space = _forSpace;
        _forSpace = [];
        return new Due(results, space);
    }

    /// <summary>Those who can go on.</summary>
    /// <param name="results">Those who waited for a result; null if there are none.</param>
    /// <param name="space">Those who waited for space; null if there are none.</param>
    public readonly struct Due(List<Action>? results, List<IWindowWaiter>? space)
    {
        /// <summary>Lets them go on.</summary>
        public void Continue()
        {
            foreach (var next in results ?? [])
                next();
            foreach (var waiter in space ?? [])
                waiter.OnSpace();
        }
    }
}
