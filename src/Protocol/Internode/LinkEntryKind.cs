namespace ChatAkka.Protocol.Internode;

/// <summary>The kind of an entry of a link. The numbers are sent over the network: never reuse one.</summary>
public enum LinkEntryKind : byte
{
    /// <summary>A chat for a user of the target node.</summary>
    Chat = 1,

    /// <summary>A session of the target node was replaced by a session on another node.</summary>
    Replaced = 2,
}
