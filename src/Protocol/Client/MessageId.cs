namespace ChatAkka.Protocol.Client;

/// <summary>Rules for the id that a client gives to a message.</summary>
/// <remarks>An id is kept as a JSON token (<c>"a1"</c> or <c>17</c>) in a normalised form. So nodes can compare ids byte by byte, and copy
/// them into answers.</remarks>
public static class MessageId
{
    /// <summary>The maximum length of a string id, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>The maximum length of an id as a token, in bytes: six for each UTF-16 unit if all are escaped, and two quotes.</summary>
    public const int MaxTokenBytes = (MaxLength * 12) + 2;
}
