namespace ChatAkka.Protocol.Client;

/// <summary>The format in which a session gets its messages.</summary>
public enum DeliveryFormat : byte
{
    /// <summary>A line of text for people.</summary>
    Text = 0,

    /// <summary>A JSON object for programs.</summary>
    Json = 1,
}
