using System.Net;
using Akka.Actor;
using ChatAkka.Node.Limits;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Connections;

/// <summary>The part of a connection that the rest of the node may use from any thread: its outbound buffer, its budget and its actor.</summary>
/// <param name="id">Connection id, unique within the node.</param>
/// <param name="outbound">The bytes that wait to be written to the client.</param>
/// <param name="waitingLimit">The most bytes of this connection's chats that may wait for a look-up. Above it, the connection is not read any
/// more.</param>
/// <param name="time">The clock.</param>
/// <param name="address">The client's address; null if it is not known.</param>
/// <param name="budget">What the connection may still do; null: everything.</param>
internal sealed class ClientConnection(long id, Outbound outbound, int waitingLimit, TimeProvider time, IPAddress? address = null, ConnectionBudget? budget = null) : ISender
{
    /// <summary>This message is sent whenever a full link or buffer has space again, so it is not allocated each time.</summary>
    private static readonly Resume s_resume = new();

    private readonly long _accepted = time.GetTimestamp();
    private readonly WriteStall _stall = new(outbound, time);
    private IActorRef _actor = ActorRefs.Nobody;
    private long _lastRead = time.GetTimestamp();
    private int _waiting;
    private int _paused;
    private int _openReceipts;
    private int _isWatched;
    private volatile bool _isGone;

    /// <summary>Connection id.</summary>
    public long Id => id;

    /// <summary>The client's address.</summary>
    public IPAddress Address => address ?? IPAddress.None;

    /// <summary>The bytes that wait to be written to the client.</summary>
    public Outbound Outbound => outbound;

    /// <summary>What the connection may still do. Only its actor uses it.</summary>
    public ConnectionBudget Budget { get; } = budget ?? new ConnectionBudget(ConnectionLimits.None, null, time);

    /// <summary>What the connection may still store for users who are away; null: everything.</summary>
    public StoreBudget? Stores { get; init; }

    /// <summary>The time since the connection was accepted.</summary>
    public TimeSpan Age => time.GetElapsedTime(_accepted);

    /// <summary>True once the connection closes: its client gets no further answer.</summary>
    public bool IsGone => _isGone;

    /// <summary>True once the client has logged in.</summary>
    public bool IsLoggedIn { get; set; }

    /// <summary>The session, from its claim to its end; null before and after that.</summary>
    public LocalSession? Session { get; set; }

    /// <summary>The time since something was last read from the client.</summary>
    public TimeSpan IdleTime => time.GetElapsedTime(Volatile.Read(ref _lastRead));

    /// <summary>Looks whether bytes wait and the socket takes none of them, and gives for how long. Only one thread may call it, again and again.</summary>
    /// <param name="mostStep">The time since the last call counts for at most this much.</param>
    public TimeSpan MeasureStall(TimeSpan mostStep) => _stall.Measure(mostStep);

    /// <summary>The connection's actor.</summary>
    public IActorRef Actor => _actor;

    /// <summary>True if a chat with an id is not answered yet.</summary>
    public bool HasOpenReceipts => Volatile.Read(ref _openReceipts) != 0;

    /// <summary>Opens a receipt: a chat with an id was taken and will be answered exactly once, with a receipt or with an error.</summary>
    public void ExpectReceipt() => Interlocked.Increment(ref _openReceipts);

    /// <summary>Takes back <see cref="ExpectReceipt"/>: the chat was not taken after all.</summary>
    public void CancelReceipt() => CloseReceipt();

    /// <summary>From now on the actor is told <see cref="AllReceiptsWritten"/> when the last open receipt is closed. Call it before
    /// <see cref="HasOpenReceipts"/>, and only when no more chats are taken.</summary>
    public void WatchReceipts() => Interlocked.Exchange(ref _isWatched, 1);

    /// <summary>Notes that the connection closes.</summary>
    public void Leave() => _isGone = true;

    /// <summary>Sets the actor. Must be called before anything else can reach the connection.</summary>
    public void Attach(IActorRef actor) => _actor = actor;

    /// <summary>Notes that something was read from the client. It is called for every read, so it only takes a time stamp.</summary>
    public void Touch() => Volatile.Write(ref _lastRead, time.GetTimestamp());

    /// <summary>Books <paramref name="bytes"/> as waiting. Gives false if the budget is used up. Then the actor must stop reading; it is told
    /// <see cref="Resume"/> when half of the budget is free.</summary>
    public bool TryReserve(int bytes)
    {
        if (Volatile.Read(ref _waiting) > waitingLimit)
        {
            Volatile.Write(ref _paused, 1);
            if (Volatile.Read(ref _waiting) > waitingLimit / 2 || Interlocked.Exchange(ref _paused, 0) == 0)
                return false;
        }

        Interlocked.Add(ref _waiting, bytes);
        return true;
    }

    /// <summary>Books the bytes of a chat that came back and waits again, even if that exceeds the budget: the chat must not be dropped.</summary>
    public void Reserve(int bytes) => Interlocked.Add(ref _waiting, bytes);

    /// <summary>Gives back the bytes of a chat that does not wait any more.</summary>
    public void Release(int bytes)
    {
        if (Interlocked.Add(ref _waiting, -bytes) <= waitingLimit / 2
            && Volatile.Read(ref _paused) == 1 && Interlocked.Exchange(ref _paused, 0) == 1)
            _actor.Tell(s_resume);
    }

    /// <inheritdoc/>
    public bool TryStore(ReadOnlySpan<byte> recipient) => Stores is null || Stores.TryStore(recipient);

    /// <inheritdoc/>
    public void OnSpace() => _actor.Tell(s_resume);

    /// <summary>Tells the actor that every chat with an id is answered.</summary>
    public sealed record AllReceiptsWritten;

    /// <summary>Tells the actor that it may try the chat again that had to wait.</summary>
    public sealed record Resume;

    /// <summary>Writes a receipt or an error about a chat of this connection, if the client is to see one.</summary>
    public void Answer(scoped in ChatView chat, ErrorCode code)
    {
        if (code != ErrorCode.None)
        {
            outbound.Write(new Refusal(chat, code), static (to, r) =>
                Answers.Error(to, !r.Chat.IsTyped, r.Code, null, r.Chat.Id, r.Chat.Recipient));
        }
        else if (IsShown(chat))
            outbound.Write(chat, static (to, c) => Answers.Delivered(to, c.Id));

        // This must come after the answer is written, because the actor that waits for it closes the outbound buffer.
        if (!chat.Id.IsEmpty)
            CloseReceipt();
    }

    /// <summary>Writes the receipt of a chat of this connection that has an id and is kept in a mailbox. A person who typed the chat is told,
    /// too.</summary>
    public void AnswerStored(scoped in ChatView chat)
    {
        outbound.Write(chat, static (to, c) => Answers.Stored(to, !c.IsTyped, c.Id, c.Recipient));
        CloseReceipt();
    }

    private void CloseReceipt()
    {
        // Interlocked operations are full fences here and in WatchReceipts, each between a write and a read. So at least one side sees what the other
        // one wrote, and the last receipt is not missed.
        if (Interlocked.Decrement(ref _openReceipts) == 0 && Volatile.Read(ref _isWatched) == 1)
            _actor.Tell(new AllReceiptsWritten());
    }

    /// <summary>True if the client gave the chat an id. Only then it gets a receipt for a delivery: the id of a typed chat was made by the
    /// server.</summary>
    private static bool IsShown(scoped in ChatView chat) => !chat.Id.IsEmpty && !chat.IsTyped;

    private readonly ref struct Refusal(ChatView chat, ErrorCode code)
    {
        public readonly ChatView Chat = chat;
        public readonly ErrorCode Code = code;
    }
}
