using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Links;

/// <summary>Recipients whose chats from one origin node are sent back, even if they have a session on this node again.</summary>
/// <remarks>
/// The origin learns with a delay that a chat was sent back. Until then it sends more chats to the same recipient. If the recipient logs in here
/// meanwhile, these would be delivered before the chat that is on its way back. So after one chat was sent back, all chats to this recipient are sent
/// back, until the origin marks one as the first on a newly chosen path (<see cref="ChatView.IsFirst"/>). docs/delivery.md, "Order".
/// Pure and not thread-safe. It is bounded: a chat whose number is more than <see cref="MaxDistance"/> above that of a chat that was sent back was
/// sent on a newly chosen path, so the older number can be forgotten.
/// </remarks>
internal sealed class Rejections
{
    /// <summary>The most entries that an origin can have appended before it processed an acknowledgement: twice the largest window.</summary>
    public const int MaxDistance = 2 * LinkSettings.MostWindowEntries;

    private const int PruneAbove = 1024;
    private readonly Dictionary<UserName, long> _numbers = new(UserNameComparer.Instance);

    /// <summary>How many recipients are remembered.</summary>
    public int Count => _numbers.Count;

    /// <summary>True if the chat must go back without an attempt to deliver it.</summary>
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

    /// <summary>Notes that a chat is sent back.</summary>
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
