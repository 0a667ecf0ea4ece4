using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>A list of entries, each after its length, in the form in which frames and chunks carry it.</summary>
internal static class EntryList
{
    /// <summary>The bytes that an entry of this size takes in the list.</summary>
    public static int SizeOf(int entry) => LinkEntryReader.PrefixSize(entry) + entry;

    /// <summary>Writes an entry at the start of <paramref name="list"/>, and gives the bytes that it takes.</summary>
    public static int Write(Span<byte> list, ReadOnlySpan<byte> entry)
    {
        LinkEntryReader.WritePrefix(list, entry.Length);
        entry.CopyTo(list[LinkEntryReader.PrefixSize(entry.Length)..]);
        return SizeOf(entry.Length);
    }
}
