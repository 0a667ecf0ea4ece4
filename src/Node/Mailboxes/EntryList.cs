using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Entries one behind the other, each behind its length, as frames and chunks carry them.</summary>
internal static class EntryList
{
    /// <summary>Bytes that an entry takes in the list.</summary>
    public static int SizeOf(int entry) => LinkEntryReader.PrefixSize(entry) + entry;

    /// <summary>Writes entries.</summary>
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
