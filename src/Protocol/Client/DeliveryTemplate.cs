namespace ChatAkka.Protocol.Client;

/// <summary>Template of the line of text with which a message is delivered. The default is <c>{send}给您发了消息:{content}</c>.</summary>
public sealed class DeliveryTemplate
{
    /// <summary>The line of the seed program, byte for byte.</summary>
    public const string Seed = "{send}给您发了消息:{content}";

    private readonly (byte[] Text, Part Part)[] _pieces;

    private DeliveryTemplate((byte[] Text, Part Part)[] pieces) => _pieces = pieces;

    private enum Part
    {
        None,
        Sender,
        Content,
    }

    /// <summary>Parses a template; null if it lacks <c>{content}</c> or contains a control character.</summary>
    public static DeliveryTemplate? TryParse(string template)
    {
        if (!template.Contains("{content}", StringComparison.Ordinal) || template.Any(char.IsControl))
            return null;
        var pieces = new List<(byte[], Part)>();
        var rest = template;
        while (rest.Length > 0)
        {
            var sender = rest.IndexOf("{send}", StringComparison.Ordinal);
            var content = rest.IndexOf("{content}", StringComparison.Ordinal);
            var (at, length, part) = sender >= 0 && (content < 0 || sender < content) ? (sender, 6, Part.Sender)
                : content >= 0 ? (content, 9, Part.Content)
                : (rest.Length, 0, Part.None);
            pieces.Add((System.Text.Encoding.UTF8.GetBytes(rest[..at]), part));
            rest = rest[(at + length)..];
        }

        return new DeliveryTemplate([.. pieces]);
    }

    internal void Write(Utf8Buffer to, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> content)
    {
        foreach (var (text, part) in _pieces)
        {
            to.Append(text);
            if (part == Part.Sender)
                to.Append(sender);
            else if (part == Part.Content)
                to.AppendSafe(content);
        }
    }
}
