using System.Collections.Concurrent;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Connections;

/// <summary>All open connections of this node by id, and all other senders. An answer that comes later than its command finds the sender
/// here.</summary>
/// <param name="counters">Counts what becomes of chats.</param>
/// <param name="trace">Remembers the events of chats.</param>
internal sealed class ConnectionTable(NodeCounters counters, TraceLog trace)
{
    private readonly ConcurrentDictionary<long, ClientConnection> _connections = new();
    private readonly ConcurrentDictionary<long, ISender> _others = new();

    /// <summary>The open connections, in no order.</summary>
    public IEnumerable<ClientConnection> All => _connections.Select(pair => pair.Value);

    /// <summary>How many connections are open.</summary>
    public int Count => _connections.Count;

    /// <summary>Adds a connection.</summary>
    public void Add(ClientConnection connection) => _connections[connection.Id] = connection;

    /// <summary>Forgets a connection.</summary>
    public void Remove(ClientConnection connection) => _connections.TryRemove(connection.Id, out _);

    /// <summary>Finds a connection; null if the connection is closed.</summary>
    public ClientConnection? Find(long id) => _connections.GetValueOrDefault(id);

    /// <summary>Adds a sender that is not a client. No connection may have the same number.</summary>
    public void AddSender(ISender sender) => _others[sender.Id] = sender;

    /// <summary>Forgets a sender that is not a client.</summary>
    public void RemoveSender(ISender sender) => _others.TryRemove(sender.Id, out _);

    /// <summary>Finds the sender of a chat; null if the sender is gone.</summary>
    public ISender? FindSender(long id) => Find(id) ?? (_others.IsEmpty ? null : _others.GetValueOrDefault(id));

    /// <summary>Tells the sender what became of a chat. An error is always sent; a receipt is sent only if the chat has an id.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="code">The error; <see cref="ErrorCode.None"/> means that the chat was delivered.</param>
    public void Answer(scoped in ChatView chat, ErrorCode code)
    {
        if (IsSettledAgain(chat))
            return;
        counters.Count(code);
        trace.Note(chat.Id, code == ErrorCode.None ? HopKind.Delivered : HopKind.Refused, chat.Origin, code: code);
        if (code != ErrorCode.None || !chat.Id.IsEmpty)
            FindSender(chat.Origin)?.Answer(chat, code);
    }

    /// <summary>Tells the sender that a chat is kept in the recipient's mailbox. A receipt is sent only if the chat has an id.</summary>
    public void AnswerStored(scoped in ChatView chat)
    {
        if (IsSettledAgain(chat))
            return;
        counters.Stored();
        trace.Note(chat.Id, HopKind.Stored, chat.Origin);
        if (!chat.Id.IsEmpty)
            FindSender(chat.Origin)?.AnswerStored(chat);
    }

    /// <summary>Gives true for a chat without an origin, and counts it. Such a chat was handed to a session before, and its sender was answered
    /// then.</summary>
    private bool IsSettledAgain(scoped in ChatView chat)
    {
        if (chat.Origin != 0)
            return false;
        counters.SettledAgain();
        return true;
    }
}
