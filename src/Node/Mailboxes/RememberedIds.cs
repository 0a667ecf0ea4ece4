using System.Buffers.Binary;
using System.IO.Hashing;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Remembers the ids of stored chats, so that a chat that is sent again is stored once.</summary>
/// <remarks>Pure and not thread-safe. The senders are divided into groups by a hash of their names. In each group the oldest ids are forgotten at the bound,
/// so a sender who sends very much displaces only ids of its own group. An id takes about 80 bytes. Sender, recipient and id are kept as one hash of 128 bits
/// (XXH128, which must never change, because it is part of snapshots); two different chats have the same hash once in 10^32, by chance.
/// Chats that mailboxes of the former form remembered are in groups of their own, until they are too old.</remarks>
/// <param name="most">The most ids of each group.</param>
/// <param name="age">An id is forgotten after this long.</param>
internal sealed class RememberedIds(int most, TimeSpan age)
{
    /// <summary>The number of groups. Snapshots name groups by number, so it must never change.</summary>
    public const int Groups = 64;

    /// <summary>The number of groups with those for the ids of mailboxes of the former form.</summary>
    public const int AllGroups = 2 * Groups;

    /// <summary>No text in UTF-8 has this byte, so no id is mistaken for the hash of one.</summary>
    private const byte FormerMark = 0xFF;

    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<(UInt128 Id, long Time)>[] _groups = [.. Enumerable.Range(0, AllGroups).Select(_ => new Queue<(UInt128, long)>())];
    private readonly long _age = (long)age.TotalMilliseconds;
    private int _former;

    /// <summary>How many ids are remembered.</summary>
    public int Count => _known.Count;

    /// <summary>The ids of all groups, oldest first in each group, each with the time at which it came.</summary>
    public IEnumerable<(int Group, UInt128 Id, long Time)> All =>
        _groups.SelectMany((g, i) => g.Select(e => (i, e.Id, e.Time)));

    /// <summary>The hash by which a chat is remembered.</summary>
    public static UInt128 KeyOf(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> id)
    {
        var length = sender.Length + recipient.Length + id.Length + 2;
        Span<byte> all = length <= 1024 ? stackalloc byte[length] : new byte[length];
        sender.CopyTo(all);
        all[sender.Length] = 0;
        recipient.CopyTo(all[(sender.Length + 1)..]);
        all[sender.Length + 1 + recipient.Length] = 0;
        id.CopyTo(all[(length - id.Length)..]);
        return XxHash128.HashToUInt128(all);
    }

    /// <summary>The hash by which a chat is remembered that a mailbox of the former form knew. That form kept only a hash of the id.</summary>
    public static UInt128 FormerKeyOf(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> id)
    {
        var hash = XxHash128.HashToUInt128(id);
        return FormerKeyOf(sender, recipient, (ulong)(hash >> 64), (ulong)hash);
    }

    /// <summary>The same for the two halves of the XXH128 of the id.</summary>
    public static UInt128 FormerKeyOf(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> recipient, ulong high, ulong low)
    {
        Span<byte> marked = stackalloc byte[17];
        marked[0] = FormerMark;
        BinaryPrimitives.WriteUInt64BigEndian(marked[1..], high);
        BinaryPrimitives.WriteUInt64BigEndian(marked[9..], low);
        return KeyOf(sender, recipient, marked);
    }

    /// <summary>The group of a sender in the ids of mailboxes of the former form.</summary>
    public static int FormerGroupOf(int sender) => Groups + GroupOf(sender);

    /// <summary>The group of a sender, by the hash of its name.</summary>
    public static int GroupOf(int sender) => (int)((uint)sender % Groups);

    /// <summary>True if a chat is remembered.</summary>
    public bool Contains(UInt128 id) => _known.Contains(id);

    /// <summary>True if a mailbox of the former form remembered a chat.</summary>
    public bool ContainsFormer(scoped in ChatView chat) =>
        _former > 0 && _known.Contains(FormerKeyOf(chat.Sender, chat.Recipient, chat.Id));

    /// <summary>Remembers a chat.</summary>
    /// <param name="group">The group of its sender.</param>
    /// <param name="id">Its hash.</param>
    /// <param name="time">When it came, in milliseconds since 1970, UTC.</param>
    public void Add(int group, UInt128 id, long time)
    {
        if (most == 0 || !_known.Add(id))
            return;
        var ids = _groups[group];
        ids.Enqueue((id, time));
        _former += group >= Groups ? 1 : 0;
        if (ids.Count > most)
            ForgetFirst(group);
    }

    /// <summary>Forgets the ids that are too old.</summary>
    /// <param name="now">The time, in milliseconds since 1970, UTC.</param>
    public void ForgetOld(long now)
    {
        for (var group = 0; group < AllGroups; group++)
        {
            var ids = _groups[group];
            var before = ids.Count;
            while (ids.TryPeek(out var first) && first.Time < now - _age)
                ForgetFirst(group);
            if (ids.Count < before && ids.Count * 4 < ids.Capacity)
                ids.TrimExcess();
        }

        if (_known.Count * 4 < _known.Capacity)
            _known.TrimExcess();
    }

    private void ForgetFirst(int group)
    {
        _known.Remove(_groups[group].Dequeue().Id);
        _former -= group >= Groups ? 1 : 0;
    }
}
