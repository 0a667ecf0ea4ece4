namespace ChatAkka.Node.Links;

/// <summary>Decides at regular checks whether a link sends everything again that is not acknowledged: first if no acknowledgement came between two
/// checks, and then with exponential back-off.</summary>
/// <remarks>Pure and not thread-safe. <c>hocon/node.conf</c>, <c>chat.link.resend-after</c>.</remarks>
/// <param name="mostDoublings">The pause between two resends doubles each time, at most this often. It begins at twice the time between two
/// checks.</param>
internal sealed class ResendPolicy(int mostDoublings)
{
    private long? _acknowledged;
    private int _checksToWait;
    private int _resends;

    /// <summary>Checks the link.</summary>
    /// <param name="isWaiting">True if an entry was sent and is not acknowledged.</param>
    /// <param name="acknowledged">The number of the last entry that was acknowledged.</param>
    /// <returns>True if everything that is not acknowledged must be sent again.</returns>
    public bool IsDue(bool isWaiting, long acknowledged)
    {
        if (!isWaiting || acknowledged != _acknowledged)
        {
            _acknowledged = isWaiting ? acknowledged : null;
            _resends = _checksToWait = 0;
            return false;
        }

        if (--_checksToWait > 0)
            return false;
        _checksToWait = 1 << Math.Min(++_resends, mostDoublings);
        return true;
    }
}
