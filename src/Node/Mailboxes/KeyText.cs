using System.Buffers;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Writes a user's name as it stands in a persistence id, and so in the keys of the journal and of the snapshots.</summary>
/// <remarks>
/// The journal appends <c>:highestSequenceNr</c> to a persistence id to make another key. On Redis Cluster it puts braces around the id to choose the
/// slot. A name with these characters could give the key of another user's mailbox. So they, and the percent sign that marks them, are written as
/// <c>%</c> and two hexadecimal digits: <c>%25</c>, <c>%3A</c>, <c>%7B</c>, <c>%7D</c>. All other names stay as they are. This must never change,
/// because a mailbox is found by this text.
/// </remarks>
internal static class KeyText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create("%:{}");

    /// <summary>Writes a name. Two different names never give the same text.</summary>
    public static string Of(UserName user) => user.Text.AsSpan().ContainsAny(s_special)
        ? user.Text
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace(":", "%3A", StringComparison.Ordinal)
            .Replace("{", "%7B", StringComparison.Ordinal)
            .Replace("}", "%7D", StringComparison.Ordinal)
        : user.Text;
}
