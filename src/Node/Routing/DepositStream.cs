using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Routing;

/// <summary>A route's path into the mailbox: it numbers the chats, and knows the deposit in flight. There is one at a time.</summary>
/// <remarks>Pure and not thread-safe: the route's lock guards it. The mailbox takes each number of a stream once, also if a deposit is sent
/// twice.</remarks>
internal sealed class DepositStream
{
    private long _stream;
    private long _last;

    /// <summary>The deposit in flight; null if there is none.</summary>
    public Deposit? InFlight { get; private set; }

    /// <summary>The session that the mailbox is told to forget with the next deposit, because it takes no chats; null if none is known.</summary>
    public ReaderId? EndedReader { get; set; }

    /// <summary>Makes a deposit of the first chats that wait. Numbers go on where the last deposit of the stream ended.</summary>
    /// <param name="owner">Is told the result.</param>
    /// <param name="waiting">The chats that wait. At least one must wait, and no deposit may be in flight.</param>
    /// <param name="host">Gives the number of a new stream.</param>
    public Deposit Begin(IDepositOwner owner, WaitingChats waiting, IRouteHost host)
    {
        if (_stream == 0)
            (_stream, _last) = (host.NextStream(), 0);
        var chats = waiting.TakeDeposit(owner.User.Utf8);
        InFlight = new Deposit(owner, _stream, _last + 1, chats, EndedReader, waiting.BeginsWithUnread);
        _last += chats.Count;
        return InFlight;
    }

    /// <summary>The result of a deposit is known. Gives false if it is not the deposit in flight: then the result was known before.</summary>
    public bool TryEnd(Deposit deposit)
    {
        if (!ReferenceEquals(InFlight, deposit))
            return false;
        InFlight = null;
        return true;
    }

    /// <summary>Uses a new stream from now on: it is not known which numbers of this one the mailbox has taken.</summary>
    public void Restart() => _stream = 0;
}
