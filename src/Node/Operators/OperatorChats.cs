using System.Text;
using System.Text.Json;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Sends the chats of operators.</summary>
/// <param name="connections">Finds the sender when the answer to a chat comes.</param>
/// <param name="routes">Sends chats to their recipients.</param>
/// <param name="counters">Counts accepted chats.</param>
/// <param name="maxText">The maximum length of a text, in bytes.</param>
/// <param name="timings">How long the receipt may take.</param>
/// <param name="time">The clock.</param>
internal sealed class OperatorChats(
    ConnectionTable connections, RouteTable routes, NodeCounters counters, int maxText, OperatorTimings timings, TimeProvider time)
{
    private static readonly UserName s_operator = UserName.TryCreate("pbm")!;

    private long _lastSender = OperatorSender.FirstId;

    /// <summary>Sends a chat, and waits for its receipt.</summary>
    public async Task<DoneReport> SendAsync(SendQuestion send)
    {
        var text = Encoding.UTF8.GetBytes(send.Text);
        if (text.Length > maxText)
            return new DoneReport(false, $"the text has {text.Length} bytes; the most is {maxText}");
        var sender = new OperatorSender(Interlocked.Increment(ref _lastSender));
        connections.AddSender(sender);
        try
        {
            var sent = Send(send.Recipient, text, sender);
            if (sent != SendResult.Done)
                return new DoneReport(false, sent == SendResult.Full ? "the way there is full: try again" : $"'{send.Recipient}' is no user name");
            counters.Accepted();
            return await sender.Answered.WaitAsync(timings.AnswerLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new DoneReport(false, "no receipt came in time: it may arrive later");
        }
        finally
        {
            connections.RemoveSender(sender);
        }
    }

    private SendResult Send(string recipient, byte[] text, OperatorSender sender) => routes.Send(
        new ChatView
        {
            Origin = sender.Id,
            Time = time.GetUtcNow().ToUnixTimeMilliseconds(),
            IsTyped = false,
            Attempt = 0,
            Sender = s_operator.Utf8,
            Recipient = Encoding.UTF8.GetBytes(recipient),
            Id = JsonSerializer.SerializeToUtf8Bytes($"pbm-{Guid.NewGuid():N}"),
            Content = text,
        },
        sender);
}
