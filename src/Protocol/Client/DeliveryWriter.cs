namespace ChatAkka.Protocol.Client;

/// <summary>Writes what a recipient sees. One place for both formats; <c>docs/protocol.md</c>, "Deliveries".</summary>
/// <param name="template">The line for format text.</param>
public sealed class DeliveryWriter(DeliveryTemplate template)
{
    /// <summary>Appends one delivery and its LF.</summary>
    /// <param name="to">Where the line goes.</param>
    /// <param name="format">What the session asked for.</param>
    /// <param name="chat">The message.</param>
    /// <param name="sequence">Number of the delivery in its session, from 1; format text does not show it.</param>
    public void Write(Utf8Buffer to, DeliveryFormat format, in ChatView chat, long sequence)
    {
        if (format == DeliveryFormat.Text)
        {
            template.Write(to, chat.Sender, chat.Content);
            to.Append("\n"u8);
            return;
        }

        to.Append("{\"cmd\":\"chat\",\"send\":"u8).AppendJson(chat.Sender)
            .Append(",\"content\":"u8).AppendJson(chat.Content);

        // The id of a typed chat is the server's own.
        if (!chat.Id.IsEmpty && !chat.IsTyped)
            to.Append(",\"id\":"u8).Append(chat.Id);
        to.Append(",\"seq\":"u8).Append(sequence).Append(",\"time\":"u8).Append(chat.Time).Append("}\n"u8);
    }
}
