namespace ChatAkka.Node.Limits;

/// <summary>What the table says to a new connection.</summary>
internal enum AddressVerdict
{
    /// <summary>It may come in.</summary>
    Accept,

    /// <summary>Its address has too many connections.</summary>
    TooMany,

    /// <summary>Its address connects too often.</summary>
    TooFast,

    /// <summary>There are connections from as many addresses as the table may hold.</summary>
    TableFull,
}

/// <summary>What each address holds and did lately. Pure and not thread-safe.</summary>
/// <remarks>It is bounded: for one more address it forgets the address without connections that was used least recently. If what that address did counts
/// still, this is counted as <see cref="ForgottenEarly"/>.</remarks>
/// <param name="limits">The limits, and the bound.</param>
internal sealed class AddressTable(AddressLimits limits)
{
    private readonly Dictionary<AddressKey, Entry> _entries = [];
    private readonly LinkedList<Entry> _withoutConnections = [];

    /// <summary>How many addresses it remembers.</summary>
    public int Count => _entries.Count;

    /// <summary>How many addresses it forgot although what they did counted still.</summary>
    public long ForgottenEarly { get; private set; }

    /// <summary>A connection comes. If it is accepted, it counts until <see cref="Leave"/>.</summary>
    public AddressVerdict Enter(AddressKey key, TimeSpan now)
    {
        if (FindOrAdd(key, now) is not { } entry)
            return AddressVerdict.TableFull;
        if (limits.Connections is { } most && entry.Connections >= most)
            return AddressVerdict.TooMany;
        if (limits.Connects is { } rate && !entry.Connects.TryTake(rate, 1, now))
            return AddressVerdict.TooFast;
        if (entry.Connections++ == 0)
            _withoutConnections.Remove(entry.Node);
        return AddressVerdict.Accept;
    }

    /// <summary>A connection that was accepted has ended.</summary>
    public void Leave(AddressKey key)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Connections > 0 && --entry.Connections == 0)
            _withoutConnections.AddLast(entry.Node);
    }

    /// <summary>Says whether a connection that is closed because of the limits is told so, and counts it.</summary>
    public bool MayTell(AddressKey key, TimeSpan now) => FindOrAdd(key, now) is { } entry && entry.Told.TryTake(AddressLimits.Told, 1, now);

    /// <summary>Says whether logins from this address are checked at all.</summary>
    public bool MayLogIn(AddressKey key, TimeSpan now) =>
        limits.FailedLogins is not { } rate || !_entries.TryGetValue(key, out var entry) || entry.FailedLogins.Wait(rate, 1, now) == TimeSpan.Zero;

    /// <summary>A login from this address failed.</summary>
    public void CountFailedLogin(AddressKey key, TimeSpan now)
    {
        if (limits.FailedLogins is { } rate && FindOrAdd(key, now) is { } entry)
            entry.FailedLogins.TryTake(rate, 1, now);
    }

    /// <summary>Says whether this address may begin one more new recipient, and counts it.</summary>
    public bool TryBeginRecipient(AddressKey key, TimeSpan now) =>
        limits.NewRecipients is not { } rate || FindOrAdd(key, now) is not { } entry || entry.NewRecipients.TryTake(rate, 1, now);

    private Entry? FindOrAdd(AddressKey key, TimeSpan now)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            if (entry.Connections == 0)
            {
                _withoutConnections.Remove(entry.Node);
                _withoutConnections.AddLast(entry.Node);
            }

            return entry;
        }

        if (_entries.Count >= limits.TableSize && !TryForgetOne(now))
            return null;
        entry = new Entry(key);
        _entries.Add(key, entry);
        _withoutConnections.AddLast(entry.Node);
        return entry;
    }

    private bool TryForgetOne(TimeSpan now)
    {
        if (_withoutConnections.First is not { } oldest)
            return false;
        if (!oldest.Value.IsAtRest(now))
            ForgottenEarly++;
        _withoutConnections.Remove(oldest);
        _entries.Remove(oldest.Value.Key);
        return true;
    }

    private sealed class Entry
    {
        public TokenBucket Connects;
        public TokenBucket FailedLogins;
        public TokenBucket NewRecipients;
        public TokenBucket Told;

        public Entry(AddressKey key) => (Key, Node) = (key, new LinkedListNode<Entry>(this));

        public AddressKey Key { get; }

        /// <summary>Its place among the addresses without connections.</summary>
        public LinkedListNode<Entry> Node { get; }

        public int Connections { get; set; }

        public bool IsAtRest(TimeSpan now) => Connects.IsFull(now) && FailedLogins.IsFull(now) && NewRecipients.IsFull(now);
    }
}
