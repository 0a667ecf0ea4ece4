using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Connections;

/// <summary>A chat that waits until its recipient's place is known: a copy, as it will stand on a link.</summary>
internal sealed class PendingChat
{
    private readonly byte[] _entry;

    /// <summary>Copies a chat.</summary>
    public PendingChat(in ChatView chat, ISender? origin)
    {
        _entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(_entry, chat);
        Attempt = chat.Attempt;
        Origin = origin;
    }

    /// <summary>Takes over a chat that came back from a link.</summary>
    public PendingChat(byte[] entry, ISender? origin)
    {
        _entry = entry;
        Attempt = OneMore(LinkEntry.ReadChat(entry).Attempt);
        Origin = origin;
    }

    /// <summary>How often it was sent to where the recipient was not; 255 stands for more.</summary>
    public byte Attempt { get; private set; }

    /// <summary>The sender whose budget it is booked on; null if the sender is gone.</summary>
    public ISender? Origin { get; }

    /// <summary>True where a session had it and did not read it: it comes before all others.</summary>
    public bool IsTakenBack { get; init; }

    /// <summary>Called when it waits here no more: kept in the mailbox, sent on or refused; from any thread, and must not block.</summary>
    public Action? Settled { get; init; }

    /// <summary>The recipient was not where the chat was tried.</summary>
    public void Missed() => Attempt = OneMore(Attempt);

    /// <summary>The recipient is there after all: what was tried before does not count.</summary>
    public void BeginAnew() => Attempt = 0;

    /// <summary>Bytes it is booked with.</summary>
    public int Size => _entry.Length;

    /// <summary>The chat as an entry; not to be changed.</summary>
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
