using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Links;

/// <summary>Recipients whose chats from one origin node are sent back, whether they are here again or not.</summary>
/// <remarks>
/// The origin learns only later that a chat was sent back, and has put others behind it by then. If the recipient logs in here
/// meanwhile, those would be delivered before the one that is on its way back. So once one chat is sent back all are, until the
/// origin marks one as the first on a path that it chose anew (<see cref="ChatView.IsFirst"/>). docs/delivery.md, "Order".
/// Pure and not thread-safe; bounded, because behind the origin's window every chat is of a path chosen anew.
/// </remarks>
internal sealed class Rejections
{
    /// <summary>Entries that an origin can have put on the link before it took in an acknowledgement: twice the largest window.</summary>
    public const int MaxDistance = 2 * LinkSettings.MostWindowEntries;

    private const int PruneAbove = 1024;
    private readonly Dictionary<UserName, long> _numbers = new(UserNameComparer.Instance);

    /// <summary>How many recipients are kept.</summary>
    public int Count => _numbers.Count;

    /// <summary>True where the chat has to go back without a try.</summary>
    public bool MustReject(in ChatView chat)
    {
        if (_numbers.Count == 0)
            return false;
        var names = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!chat.IsFirst)
            return names.ContainsKey(chat.Recipient);
        names.Remove(chat.Recipient);
        return false;
    }

    /// <summary>A chat is sent back.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="number">Its number on the link.</param>
    public void Add(in ChatView chat, long number)
    {
        if (_numbers.Count >= PruneAbove)
        {
            foreach (var old in _numbers.Where(n => n.Value + MaxDistance < number).Select(n => n.Key).ToList())
                _numbers.Remove(old);
        }

        if (UserName.TryCreate(chat.Recipient) is { } recipient)
            _numbers[recipient] = number;
    }
}
