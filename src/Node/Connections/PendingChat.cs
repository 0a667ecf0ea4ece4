using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Connections;

/// <summary>A chat that waits until its recipient's place is known. It is a copy, in the form of an entry of a link.</summary>
internal sealed class PendingChat
{
    private readonly byte[] _entry;
    private bool? _mayBeStored;

    /// <summary>Copies a chat.</summary>
    public PendingChat(in ChatView chat, ISender? origin)
    {
        _entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(_entry, chat);
        Attempt = chat.Attempt;
        Origin = origin;
    }

    /// <summary>Takes a chat that came back from a link, and counts one more attempt.</summary>
    public PendingChat(byte[] entry, ISender? origin)
    {
        _entry = entry;
        Attempt = OneMore(LinkEntry.ReadChat(entry).Attempt);
        Origin = origin;
    }

    /// <summary>How often the chat was sent to a place where the recipient was not; 255 stands for 255 or more.</summary>
    public byte Attempt { get; private set; }

    /// <summary>The sender on whose budget the chat is booked; null if the sender is gone.</summary>
    public ISender? Origin { get; }

    /// <summary>True if the chat was handed to a session whose client did not read it. Such chats are sent before all others.</summary>
    public bool IsTakenBack { get; init; }

    /// <summary>Called when the chat does not wait here any more: it was kept in the mailbox, sent on, or refused. Any thread may call it, and it
    /// must not block.</summary>
    public Action? Settled { get; init; }

    /// <summary>Says whether the limits of the sender let the chat go into a mailbox. That is decided and counted once.</summary>
    /// <param name="recipient">The name of the mailbox's user in UTF-8.</param>
    public bool MayBeStored(ReadOnlySpan<byte> recipient) =>
        _mayBeStored ??= IsTakenBack || Origin is null || Origin.TryStore(recipient);

    /// <summary>Counts one more attempt: the recipient was not where the chat was sent.</summary>
    public void CountAttempt() => Attempt = OneMore(Attempt);

    /// <summary>Sets the attempts to zero: the recipient is online after all, so earlier attempts do not count.</summary>
    public void ResetAttempts() => Attempt = 0;

    /// <summary>The chat does not wait here any more: gives its bytes back to the sender, and calls <see cref="Settled"/>.</summary>
    public void StopWaiting()
    {
        Origin?.Release(Size);
        Settled?.Invoke();
    }

    /// <summary>The bytes that are booked for the chat.</summary>
    public int Size => _entry.Length;

    /// <summary>The chat as an entry. The array must not be changed.</summary>
    public byte[] Entry => _entry;

    /// <summary>The chat.</summary>
    public ChatView View
    {
        get
        {
            var chat = LinkEntry.ReadChat(_entry);
            return new ChatView
            {
                Origin = chat.Origin,
                Time = chat.Time,
                IsTyped = chat.IsTyped,
                Attempt = Attempt,
                Sender = chat.Sender,
                Recipient = chat.Recipient,
                Id = chat.Id,
                Content = chat.Content,
            };
        }
    }

    private static byte OneMore(byte attempts) => (byte)Math.Min(byte.MaxValue, attempts + 1);
}
