using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Connections;

/// <summary>A sender of chats: a client's connection, or an operator. Any thread may call it.</summary>
/// <remarks>Chats that wait until their recipient's place is known are booked on the budget of their sender. Each chat with an id gets exactly one
/// call of <see cref="Answer"/> or <see cref="AnswerStored"/>, as long as the sender is in the <see cref="ConnectionTable"/>.</remarks>
internal interface ISender : IWindowWaiter
{
    /// <summary>Number of the sender, unique within the node. The chats carry it as their origin.</summary>
    long Id { get; }

    /// <summary>Books <paramref name="bytes"/> as waiting. Gives false if the budget is used up. Then the sender has to wait until it is told that it
    /// may try the same chat again.</summary>
    bool TryReserve(int bytes);

    /// <summary>Books bytes of a chat that came back and waits again, even if that exceeds the budget: the chat must not be dropped.</summary>
    void Reserve(int bytes);

    /// <summary>Gives back bytes of a chat that does not wait any more.</summary>
    void Release(int bytes);

    /// <summary>Says whether one more chat of this sender may go into a mailbox, and counts it.</summary>
    /// <param name="recipient">The name of the mailbox's user in UTF-8.</param>
    bool TryStore(ReadOnlySpan<byte> recipient) => true;

    /// <summary>Tells the sender that a chat was delivered (<see cref="ErrorCode.None"/>), or that it was refused with an error.</summary>
    void Answer(scoped in ChatView chat, ErrorCode code);

    /// <summary>Tells the sender that a chat with an id is kept in the recipient's mailbox.</summary>
    void AnswerStored(scoped in ChatView chat);
}
