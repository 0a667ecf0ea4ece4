using System.Buffers;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Mailboxes;

/// <summary>A user's name as it stands in a persistence id, and so in the keys of journal and snapshots.</summary>
/// <remarks>
/// The journal puts <c>:highestSequenceNr</c> behind a persistence id to make another key, and on Redis Cluster braces around it to choose the
/// slot. So that no name makes the key of another's mailbox these characters, and the one that marks them, are written as
/// <c>%</c> and two digits: <c>%25</c>, <c>%3A</c>, <c>%7B</c>, <c>%7D</c>. All other names stand as they are. Never change this: a
/// mailbox is found by it.
/// </remarks>
internal static class KeyText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create("%:{}");

    /// <summary>Writes a name; two names never give the same text.</summary>
    public static string Of(UserName user) => user.Text.AsSpan().ContainsAny(s_special)
        ? user.Text
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace(":", "%3A", StringComparison.Ordinal)
            .Replace("{", "%7B", StringComparison.Ordinal)
            .Replace("}", "%7D", StringComparison.Ordinal)
        : user.Text;
}
