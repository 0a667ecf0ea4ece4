using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Takes the chats of one client: gives typed ones an id, opens their receipts, sends them, and counts them. Not thread-safe.</summary>
/// <param name="connection">The client's connection.</param>
/// <param name="routes">Sends chats to their recipients.</param>
/// <param name="counters">Counts chats.</param>
/// <param name="trace">Remembers the last events of messages, for operators.</param>
/// <param name="self">This node.</param>
internal sealed class ChatIntake(ClientConnection connection, RouteTable routes, NodeCounters counters, TraceLog trace, NodeId self)
{
    private TypedIds? _typedIds;

    /// <summary>Takes a chat, unless its way is full or its recipient's name is wrong.</summary>
    /// <param name="command">The command.</param>
    /// <param name="recipient">The recipient, in the form in which names are compared.</param>
    /// <param name="sender">The user who is logged in.</param>
    /// <param name="time">When the chat arrived, in milliseconds since 1970, UTC.</param>
    public SendResult Take(in Command command, ReadOnlySpan<byte> recipient, UserName sender, long time)
    {
        // The server makes the ids of typed chats, so that they have the same guarantees as chats with an id.
        var id = command.IsJson ? command.Id : (_typedIds ??= new TypedIds(self, connection.Id, time)).Next();
        var chat = new ChatView
        {
            Origin = connection.Id,
            Time = time,
            IsTyped = !command.IsJson,
            Attempt = 0,
            Sender = sender.Utf8,
            Recipient = recipient,
            Id = id,
            Content = command.Content,
        };
        if (!chat.Id.IsEmpty)
            connection.ExpectReceipt();
        var result = routes.Send(chat, connection);
        if (result == SendResult.Done)
        {
            counters.Accepted();
            trace.Note(chat.Id, HopKind.Accepted, connection.Id, time: time);
        }
        else if (!chat.Id.IsEmpty)
            connection.CancelReceipt();
        return result;
    }
}
