using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Tests;

/// <summary>Everything around the route to one recipient, in one thread: two senders, sessions here, two other nodes, the registry and the mailbox.
/// Each answer comes when the test says so. It checks at once what a route may never do.</summary>
internal sealed class RouteModel : IRouteHost
{
    public static readonly NodeId Self = new("h", 1, 1);
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;

    private readonly RouteModelChats _chats = new();
    private readonly Dictionary<long, long> _streams = [];
    private readonly ConnectionTable _connections;
    private readonly NodeCounters _counters = new();
    private Route? _route;
    private ReaderId? _endedReader;
    private bool _isHere;
    private long _lastStream;
    private long _lastConnection = 100;

    public RouteModel(bool hasMailboxes)
    {
        HasMailboxes = hasMailboxes;
        _connections = new ConnectionTable(_counters, new TraceLog(TimeProvider.System));
        Senders = [new RouteModelSender(1, "alice", 150, this), new RouteModelSender(2, "carol", 150, this)];
        foreach (var sender in Senders)
            _connections.AddSender(sender);
        Nodes = [Node(2), Node(3)];
    }

    public RouteModelSender[] Senders { get; }

    /// <summary>The two living nodes.</summary>
    public RouteModelNode[] Nodes { get; }

    /// <summary>The sessions here that have not ended.</summary>
    public List<LocalSession> Sessions { get; } = [];

    /// <summary>All sessions that there were, with what they were handed.</summary>
    public Dictionary<LocalSession, (List<string> Handed, List<string> Read)> AllSessions { get; } = [];

    /// <summary>All batches for the mailbox that there were. Only the last one can be in flight.</summary>
    public List<Deposit> Deposits { get; } = [];

    /// <summary>True if the last batch is not answered.</summary>
    public bool IsDepositing { get; private set; }

    /// <summary>The failures in the last batch, if the mailbox has taken it; null if it has not.</summary>
    public LinkFailure[]? Taken { get; private set; }

    /// <summary>How often the registry was asked and has not answered.</summary>
    public int LookUps { get; set; }

    /// <summary>The link to the last node that died; null if none did.</summary>
    public Link? Closed { get; private set; }

    /// <summary>Called before a chat comes back from a link, without any lock: another thread could be here.</summary>
    public Action Meanwhile { get; set; } = () => { };

    public int MaxAttempts => 3;

    public bool HasMailboxes { get; }

    public Route Route
    {
        get
        {
            if (_route is null)
                (_route, _endedReader) = (new Route(s_bob, this), null);
            return _route;
        }
    }

    /// <summary>True if a route is there; false if it was retired.</summary>
    public bool HasRoute => _route is not null;

    public Ledger Ledger => _counters.ToLedger(Nodes.Sum(n => n.Link.CountChats()) + (_route?.CountChats() ?? 0));

    public IEnumerable<RouteModelChat> Chats => _chats.All;

    // --- What the test lets happen.
    public void Send(RouteModelSender sender, bool hasId)
    {
        if (sender.Stopped is not null && !sender.MayTryAgain)
            return;
        var chat = sender.Stopped ?? _chats.Add(new RouteModelChat(sender.Name, ++sender.Sent, hasId, copy: 0));
        (sender.Stopped, sender.MayTryAgain, chat.IsAccepted) = (null, false, true);
        SendResult result;
        do
        {
            result = Route.Send(TestChats.Chat(sender.Name, "bob", chat.Key, sender.Id, chat.HasId ? chat.Key : ""), sender);
        }
        while (result == SendResult.Stale);
        if (result == SendResult.Done)
            _counters.Accepted();
        else
            (sender.Stopped, chat.IsAccepted) = (chat, false);
    }

    public void LogIn()
    {
        var connection = new ClientConnection(
            ++_lastConnection, new Outbound(1 << 20, new DeliveryWriter(DeliveryTemplate.TryParse("{send} {content}")!)), 1 << 20, TimeProvider.System);
        var session = new LocalSession(s_bob, connection, DeliveryFormat.Text);
        Sessions.Add(session);
        AllSessions.Add(session, ([], []));
        while (!Route.SetLocal(session, out _))
        {
        }
    }

    public void Restore(LocalSession session)
    {
        while (!Route.RestoreLocal(session))
        {
        }
    }

    public void Read(LocalSession session)
    {
        while (session.Connection.Outbound.TryTake(out var bytes) == Outbound.Take.Bytes)
            AllSessions[session].Read.AddRange(Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1]));
    }

    public void End(LocalSession session)
    {
        Sessions.Remove(session);
        session.Connection.Outbound.Close();
        _route?.ClearLocal(session);
        List<PendingChat> unread = [];
        var reader = new LinkEntryReader(session.Connection.Outbound.TakeUnread());
        while (HasMailboxes && reader.TryRead(out var entry))
            unread.Add(_chats.Copy(LinkEntry.ReadChat(entry), session));
        if (unread.Count == 0)
            return;
        var ended = new ReaderId(Self, session.Connection.Id);
        do
        {
            _ = Route;
            _endedReader = ended;
        }
        while (!Route.TakeBack(unread, ended));
    }

    public void CloseNode(int index)
    {
        Closed = Nodes[index].Link;
        Nodes[index].Close();
        Nodes[index] = Node(Nodes[index].Link.Target.Uid + 2);
    }

    public void GiveBack(byte[] entry, RouteModelNode node, ErrorCode code, bool isClosed)
    {
        code.ShouldBe(ErrorCode.RecipientOffline);
        var chat = _chats.Of(LinkEntry.ReadChat(entry));
        if (isClosed && chat.LastSink == node)
            chat.MostHandings++;
        Meanwhile();
        chat.IsWaiting = chat.IsCopy;
        var sender = _connections.FindSender(LinkEntry.ReadChat(entry).Origin);
        while (!Route.Returned(new PendingChat(entry, sender) { IsTakenBack = chat.IsCopy, Settled = () => chat.IsWaiting = false }, node.Link))
        {
        }
    }

    /// <summary>The mailbox keeps the chats of the last batch, apart from those whose bit in <paramref name="refused"/> is set.</summary>
    public void TakeDeposit(int refused)
    {
        if (!IsDepositing || Taken is not null)
            return;
        var deposit = Deposits[^1];
        List<LinkFailure> failures = [];
        for (var i = 0; i < deposit.Chats.Count; i++)
        {
            if ((refused & (1 << i)) != 0)
                failures.Add(new LinkFailure(deposit.First + i, ErrorCode.MailboxFull));
            else
                Hand(deposit.Chats[i].View, Deposits);
        }

        Taken = [.. failures];
    }

    public void AnswerStored()
    {
        if (Taken is not { } failures)
            return;
        EndDeposit(null);
        Deposits[^1].Owner.Stored(Deposits[^1], failures);
    }

    public void AnswerOnline(ReaderId reader)
    {
        if (!IsDepositing || Taken is not null)
            return;
        EndDeposit(reader);
        Deposits[^1].Owner.RecipientOnline(Deposits[^1], reader);
    }

    public void TimeOut()
    {
        if (!IsDepositing)
            return;
        EndDeposit(_endedReader);
        _streams[Deposits[^1].Stream] = long.MaxValue;
        Deposits[^1].Owner.TimedOut(Deposits[^1]);
    }

    // --- What the route does.
    public long NextStream() => ++_lastStream;

    public void LookUp(Route route)
    {
        route.ShouldBe(_route);
        LookUps++;
    }

    public void Deposit(Deposit deposit)
    {
        IsDepositing.ShouldBeFalse("a batch is in flight");
        Array.TrueForAll(Nodes, n => n.Link.CountChats() == 0).ShouldBeTrue("chats into the mailbox pass those on a link");
        (deposit.First - _streams.GetValueOrDefault(deposit.Stream)).ShouldBe(1, "the numbers of a stream have a gap");
        _streams[deposit.Stream] = deposit.UpTo;
        deposit.NotReader.ShouldBe(_endedReader);
        var left = _chats.Waiting.Except(deposit.Chats.Select(c => _chats.Of(c.View))).ToList();
        deposit.More.ShouldBe(left.Count > 0, "more unread chats follow");
        deposit.Chats.Select(c => _chats.Of(c.View)).SkipWhile(c => c.IsCopy).Any(c => c.IsCopy || left.Count > 0).ShouldBeFalse("unread chats go first");
        Deposits.Add(deposit);
        (IsDepositing, Taken) = (true, null);
    }

    public void AnswerStored(scoped in ChatView chat) => _connections.AnswerStored(chat);

    public void Answer(scoped in ChatView chat, ErrorCode code)
    {
        if (code == ErrorCode.None)
        {
            var session = _route!.Local.ShouldNotBeNull();
            AllSessions[session].Handed.Add(Encoding.UTF8.GetString(chat.Content));
            Hand(chat, session);
            if (!_chats.Of(chat).IsCopy)
                _chats.Waiting.ShouldBeEmpty("a chat passes unread chats");
        }

        _connections.Answer(chat, code);
    }

    public void HereChanged(bool isHere)
    {
        isHere.ShouldNotBe(_isHere);
        _isHere = isHere;
    }

    public void Retire(Route route)
    {
        route.ShouldBe(_route);
        _isHere.ShouldBeFalse("the recipient is here");
        route.CountChats().ShouldBe(0);
        Array.TrueForAll(Nodes, n => n.Link.CountChats() == 0).ShouldBeTrue("chats are on their way");
        _route = null;
    }

    // --- What the nodes and the senders tell.
    public void Hand(scoped in ChatView view, object sink) => _chats.Hand(view, sink);

    public void Answered(string key, ErrorCode code) => _chats.Answered(key, code);

    private void EndDeposit(ReaderId? endedReader) => (IsDepositing, Taken, _endedReader) = (false, null, endedReader);

    private RouteModelNode Node(long uid) => new(new NodeId("h", 2, uid), this, _connections, _counters);
}
