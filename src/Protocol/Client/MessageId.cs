namespace ChatAkka.Protocol.Client;

/// <summary>Rules for the id that a client gives to a message.</summary>
/// <remarks>An id travels as the JSON token it is answered with (<c>"a1"</c> or <c>17</c>), brought to one form, so that nodes
/// compare and echo bytes.</remarks>
public static class MessageId
{
    /// <summary>The most characters of a string id.</summary>
    public const int MaxLength = 64;

    /// <summary>The most bytes an id takes as a token: six to a UTF-16 unit where all are escaped, and two quotes.</summary>
    public const int MaxTokenBytes = (MaxLength * 12) + 2;
}
