namespace ChatAkka.Protocol.Internode;

/// <summary>What an entry of a link is. Numbers go over the wire: never reuse one.</summary>
public enum LinkEntryKind : byte
{
    /// <summary>A chat for a user of the target node.</summary>
    Chat = 1,

    /// <summary>A session of the target node was replaced by one elsewhere.</summary>
    Replaced = 2,
}
