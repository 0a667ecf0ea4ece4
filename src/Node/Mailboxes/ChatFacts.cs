using System.IO.Hashing;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What the index of a partition keeps of a chat, beside the place of its bytes.</summary>
/// <param name="Time">When it was sent, in seconds since 1970, UTC.</param>
/// <param name="Sender">A hash of its sender's name, by which the share of a sender is counted.</param>
/// <param name="Id">The hash by which it is remembered; 0 if it has no id.</param>
internal readonly record struct ChatFacts(uint Time, int Sender, UInt128 Id)
{
    /// <summary>True if the chat has an id.</summary>
    public bool HasId => Id != UInt128.Zero;

    /// <summary>Takes the facts of a chat.</summary>
    public static ChatFacts Of(scoped in ChatView chat) => new(
        (uint)Math.Clamp(chat.Time / 1000, 0, uint.MaxValue),
        HashOf(chat.Sender),
        chat.Id.IsEmpty ? UInt128.Zero : RememberedIds.KeyOf(chat.Sender, chat.Recipient, chat.Id));

    /// <summary>Takes the facts of a chat from its entry.</summary>
    /// <exception cref="FormatException">The bytes are no chat entry.</exception>
    public static ChatFacts OfEntry(ReadOnlySpan<byte> entry) => Of(LinkEntry.ReadChat(entry));

    /// <summary>The hash of a sender's name (XXH32, which must never change, because it is part of snapshots).</summary>
    public static int HashOf(ReadOnlySpan<byte> sender) => (int)XxHash32.HashToUInt32(sender);
}
