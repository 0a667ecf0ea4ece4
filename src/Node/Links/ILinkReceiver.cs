using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Links;

/// <summary>Takes the chats that come in over links, and those that come back from other nodes. Any thread may call it.</summary>
internal interface ILinkReceiver
{
    /// <summary>Hands a chat from another node to its recipient's session on this node.</summary>
    /// <returns>False if there is no such session on this node. Then the chat goes back to the node that it came from.</returns>
    bool TryTake(in ChatView chat);

    /// <summary>Takes an entry that the other node did not accept, or that was on its way to a node that is gone.</summary>
    /// <param name="entry">The entry, which the receiver may keep.</param>
    /// <param name="from">The link on which it was sent.</param>
    /// <param name="code">Why it came back.</param>
    void Returned(byte[] entry, Link from, ErrorCode code);
}
