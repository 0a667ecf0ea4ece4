using System.Collections.Concurrent;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Routing;

/// <summary>All routes of this node: those to its own users, and the place cache for users of other nodes. Any thread may use it.</summary>
internal sealed class RouteTable : IRouteHost, ILinkReceiver
{
    private readonly ConcurrentDictionary<UserName, Route> _routes = new(UserNameComparer.Instance);
    private readonly ConcurrentDictionary<UserName, Route>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly ConnectionTable _connections;
    private readonly NodeId _self;
    private IActorRef _resolver = ActorRefs.Nobody;
    private IActorRef? _depositor;
    private long _streams;
    private int _cached;

    /// <summary>Makes an empty table.</summary>
    /// <param name="connections">Where answers go.</param>
    /// <param name="maxAttempts">How often a chat is tried before its recipient counts as offline.</param>
    /// <param name="self">This node.</param>
    public RouteTable(ConnectionTable connections, int maxAttempts, NodeId self)
    {
        _self = self;
        _connections = connections;
        MaxAttempts = maxAttempts;
        _byBytes = _routes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <inheritdoc/>
    public int MaxAttempts { get; }

    /// <summary>How many routes the place cache holds. Routes to sessions on this node do not count: they stay as long as the session.</summary>
    public int CachedCount => Volatile.Read(ref _cached);

    /// <summary>The routes, in no order.</summary>
    public IEnumerable<Route> All => _routes.Select(pair => pair.Value);

    /// <inheritdoc/>
    public bool HasMailboxes => _depositor is not null;

    /// <summary>Sets the actors that look up recipients and that bring chats into mailboxes. Must be called before the first chat is sent.</summary>
    /// <param name="resolver">Looks up where recipients are.</param>
    /// <param name="depositor">Brings chats into mailboxes; null if there are none.</param>
    public void Attach(IActorRef resolver, IActorRef? depositor = null)
    {
        _resolver = resolver;
        _depositor = depositor;
    }

    /// <summary>Sends a chat to its recipient.</summary>
    /// <param name="chat">The chat. Its recipient may be written as the client wrote it.</param>
    /// <param name="origin">The sender.</param>
    public SendResult Send(in ChatView chat, ISender origin)
    {
        if (_byBytes.TryGetValue(chat.Recipient, out var route))
        {
            var result = route.Send(chat, origin);
            if (result != SendResult.Stale)
                return result;
        }

        if (UserName.TryCreate(chat.Recipient) is not { } user)
            return SendResult.BadName;
        if (!chat.Recipient.SequenceEqual(user.Utf8))
            return Send(WithRecipient(chat, user), origin);
        while (true)
        {
            var result = GetOrAdd(user).Send(chat, origin);
            if (result != SendResult.Stale)
                return result;
        }
    }

    /// <inheritdoc/>
    public bool TryTake(in ChatView chat) =>
        _byBytes.TryGetValue(chat.Recipient, out var route) && route.Local is { } session && session.TryDeliver(chat);

    /// <summary>Finds the route to a user; null if there is none.</summary>
    public Route? Find(UserName user) => _routes.GetValueOrDefault(user);

    /// <summary>Finds a user's session on this node; null if there is none.</summary>
    public LocalSession? FindLocal(UserName user) => _routes.TryGetValue(user, out var route) ? route.Local : null;

    /// <summary>A user logged in on this node. Gives the session that the user had here before.</summary>
    public LocalSession? SetLocal(LocalSession session)
    {
        while (true)
        {
            if (GetOrAdd(session.User).SetLocal(session, out var previous))
                return previous;
        }
    }

    /// <summary>A session has read its mailbox. Chats reach it directly again, unless another session has taken its place.</summary>
    public void RestoreLocal(LocalSession session)
    {
        while (!GetOrAdd(session.User).RestoreLocal(session))
        {
        }
    }

    /// <summary>A session ended, or reads its mailbox first, so chats do not reach it directly.</summary>
    public void ClearLocal(LocalSession session)
    {
        if (_routes.TryGetValue(session.User, out var route))
            route.ClearLocal(session);
    }

    /// <inheritdoc/>
    public void Returned(byte[] entry, Link from, ErrorCode code)
    {
        if (LinkEntry.KindOf(entry) != LinkEntryKind.Chat)
            return;
        var chat = LinkEntry.ReadChat(entry);
        if (code != ErrorCode.RecipientOffline)
        {
            Answer(chat, code);
            return;
        }

        // Only a chat that was taken back from a session has no origin.
        var pending = new PendingChat(entry, _connections.FindSender(chat.Origin)) { IsTakenBack = chat.Origin == 0 };
        var user = UserNameComparer.Instance.Create(chat.Recipient);
        while (!GetOrAdd(user).Returned(pending, from))
        {
        }
    }

    /// <summary>Takes chats that a session was handed and did not read. They go to the user's next place, or into the mailbox.</summary>
    /// <param name="session">The session.</param>
    /// <param name="entries">The chats, each after its length.</param>
    /// <param name="settled">Called when the last of them does not wait here any more. Any thread may call it, and it must not block.</param>
    /// <returns>False if there is nothing to keep, or if there are no mailboxes.</returns>
    public bool TakeBack(LocalSession session, ReadOnlySpan<byte> entries, Action settled)
    {
        ClearLocal(session);
        if (!HasMailboxes || entries.IsEmpty)
            return false;
        List<PendingChat> chats = [];
        var left = entries.Length;
        var reader = new LinkEntryReader(entries);
        while (reader.TryRead(out var entry))
        {
            left -= EntryList.SizeOf(entry.Length);
            chats.Add(new PendingChat(entry.ToArray(), origin: null) { IsTakenBack = true, Settled = left == 0 ? settled : null });
        }

        while (!GetOrAdd(session.User).TakeBack(chats, new ReaderId(_self, session.Connection.Id)))
        {
        }

        return true;
    }

    /// <inheritdoc/>
    public void LookUp(Route route) => _resolver.Tell(new ResolverMessage.Resolve(route));

    /// <inheritdoc/>
    public void Answer(scoped in ChatView chat, ErrorCode code) => _connections.Answer(chat, code);

    /// <inheritdoc/>
    public void AnswerStored(scoped in ChatView chat) => _connections.AnswerStored(chat);

    /// <inheritdoc/>
    public long NextStream() => Interlocked.Increment(ref _streams);

    /// <inheritdoc/>
    public void Deposit(Deposit deposit) => _depositor!.Tell(deposit);

    /// <inheritdoc/>
    public void HereChanged(bool isHere) => Interlocked.Add(ref _cached, isHere ? -1 : 1);

    /// <inheritdoc/>
    public void Retire(Route route)
    {
        if (_routes.TryRemove(new KeyValuePair<UserName, Route>(route.User, route)))
            Interlocked.Decrement(ref _cached);
    }

    private Route GetOrAdd(UserName user)
    {
        while (true)
        {
            if (_routes.TryGetValue(user, out var route))
                return route;
            route = new Route(user, this);
            if (!_routes.TryAdd(user, route))
                continue;
            Interlocked.Increment(ref _cached);
            return route;
        }
    }

    private static ChatView WithRecipient(in ChatView chat, UserName user) => new()
    {
        Origin = chat.Origin,
        Time = chat.Time,
        IsTyped = chat.IsTyped,
        Attempt = chat.Attempt,
        Sender = chat.Sender,
        Recipient = user.Utf8,
        Id = chat.Id,
        Content = chat.Content,
    };
}
