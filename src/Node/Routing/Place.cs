using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Routing;

/// <summary>Where a route sends its chats. A route has exactly one place at a time.</summary>
internal abstract class Place
{
    private Place()
    {
    }

    /// <summary>The place as operators see it: the address of a node, <c>here</c>, <c>mailbox</c>, or an empty text if it is not known.</summary>
    public abstract string Text { get; }

    /// <summary>It is not known where the recipient is.</summary>
    public sealed class Unknown : Place
    {
        /// <inheritdoc/>
        public override string Text => "";
    }

    /// <summary>The recipient has a session on this node.</summary>
    /// <param name="session">The session.</param>
    public sealed class Here(LocalSession session) : Place
    {
        /// <inheritdoc/>
        public override string Text => "here";

        /// <summary>The session.</summary>
        public LocalSession Session => session;
    }

    /// <summary>Chats go into the recipient's mailbox.</summary>
    public sealed class InMailbox : Place
    {
        /// <inheritdoc/>
        public override string Text => "mailbox";
    }

    /// <summary>The recipient has a session on another node. The place remembers how far this route has used the link since it chose this
    /// place.</summary>
    /// <remarks>Not thread-safe: the route's lock guards it.</remarks>
    /// <param name="link">The link to that node.</param>
    public sealed class OnLink(Link link) : Place
    {
        private long _last;

        /// <inheritdoc/>
        public override string Text => link.Target.Address;

        /// <summary>The link.</summary>
        public Link Link => link;

        /// <summary>True if the route sent a chat to this place.</summary>
        public bool WasUsed => _last > 0;

        /// <summary>True if the results of all chats that the route sent to this place are known.</summary>
        public bool IsSettled => _last == 0 || link.IsSettled(_last);

        /// <summary>Puts a chat on the link, and marks it if it is the first since the route chose this place. Gives
        /// <see cref="SendResult.Stale"/> if the link is closed.</summary>
        /// <param name="chat">The chat.</param>
        /// <param name="waiter">If the window is full, it is called when there is space again.</param>
        public SendResult TryAppend(in ChatView chat, IWindowWaiter waiter)
        {
            switch (link.TryAppend(chat, isFirst: _last == 0, waiter, out var number))
            {
                case Link.Append.Done:
                    _last = number;
                    return SendResult.Done;
                case Link.Append.Full:
                    return SendResult.Full;
                default:
                    return SendResult.Stale;
            }
        }

        /// <summary>True if the results of all chats that the route sent to this place are known. Otherwise <paramref name="then"/> is called when
        /// they are.</summary>
        public bool WhenSettled(Action then) => link.IsSettled(_last, then);
    }
}
