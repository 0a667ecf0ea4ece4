namespace ChatAkka.Protocol.Client;

/// <summary>Writes messages for recipients in both formats; <c>docs/protocol.md</c>, "Deliveries".</summary>
/// <param name="template">Template of the line in format text.</param>
public sealed class DeliveryWriter(DeliveryTemplate template)
{
    /// <summary>Appends one delivery and its LF.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="format">The format of the session.</param>
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

        // The id of a typed chat was made by the server and is not shown.
        if (!chat.Id.IsEmpty && !chat.IsTyped)
            to.Append(",\"id\":"u8).Append(chat.Id);
        to.Append(",\"seq\":"u8).Append(sequence).Append(",\"time\":"u8).Append(chat.Time).Append("}\n"u8);
    }
}
