using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>A list of entries, each after its length, in the form in which frames and chunks carry it.</summary>
internal static class EntryList
{
    /// <summary>The bytes that an entry of this size takes in the list.</summary>
    public static int SizeOf(int entry) => LinkEntryReader.PrefixSize(entry) + entry;

    /// <summary>Writes entries into a list.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="bytes">The sum of their sizes.</param>
    public static byte[] Join(IEnumerable<byte[]> entries, int bytes)
    {
        var list = new byte[bytes];
        var at = 0;
        foreach (var entry in entries)
        {
            LinkEntryReader.WritePrefix(list.AsSpan(at), entry.Length);
            at += LinkEntryReader.PrefixSize(entry.Length);
            entry.CopyTo(list, at);
            at += entry.Length;
        }

        return list;
    }
}
