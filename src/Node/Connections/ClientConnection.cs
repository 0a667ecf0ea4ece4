using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Connections;

/// <summary>The part of a connection that the rest of the node may use from any thread: its outbound buffer, its budget and its actor.</summary>
/// <param name="id">Connection id, unique within the node.</param>
/// <param name="outbound">The bytes that wait to be written to the client.</param>
/// <param name="waitingLimit">The most bytes of this connection's chats that may wait for a look-up. Above it, the connection is not read any
/// more.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientConnection(long id, Outbound outbound, int waitingLimit, TimeProvider time) : ISender
{
    private readonly long _accepted = time.GetTimestamp();
    private IActorRef _actor = ActorRefs.Nobody;
    private long _lastRead = time.GetTimestamp();
    private int _waiting;
    private int _paused;
    private int _owed;
    private int _isAwaited;

    /// <summary>Connection id.</summary>
    public long Id => id;

    /// <summary>The bytes that wait to be written to the client.</summary>
    public Outbound Outbound => outbound;

    /// <summary>The time since the connection was accepted.</summary>
    public TimeSpan Age => time.GetElapsedTime(_accepted);

    /// <summary>True once the client has logged in.</summary>
    public bool IsLoggedIn { get; set; }

    /// <summary>The session, from its claim to its end; null before and after that.</summary>
    public LocalSession? Session { get; set; }

    /// <summary>The time since something was last read from the client.</summary>
    public TimeSpan IdleTime => time.GetElapsedTime(Volatile.Read(ref _lastRead));

    /// <summary>The connection's actor.</summary>
    public IActorRef Actor => _actor;

    /// <summary>Notes that a chat with an id was taken. It will be answered exactly once.</summary>
    public void Owe() => Interlocked.Increment(ref _owed);

    /// <summary>Takes back <see cref="Owe"/>: the chat was not taken after all, or its answer was written.</summary>
    public void OweNot()
    {
        // Both here and in AwaitAnswers, a full fence lies between the write and the read. So at least one of the two sees what the other one wrote.
        if (Interlocked.Decrement(ref _owed) == 0 && Volatile.Read(ref _isAwaited) == 1)
            _actor.Tell(AllAnswered.Instance);
    }

    /// <summary>Gives true if every chat with an id is answered. Otherwise the actor is told <see cref="AllAnswered"/> when the last answer was
    /// written. May be called only when no more chats are taken.</summary>
    public bool AwaitAnswers()
    {
        Interlocked.Exchange(ref _isAwaited, 1);
        return Volatile.Read(ref _owed) == 0;
    }

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
            _actor.Tell(Resume.Instance);
    }

    /// <inheritdoc/>
    public void OnSpace() => _actor.Tell(Resume.Instance);

    /// <summary>Tells the actor that every chat with an id is answered.</summary>
    public sealed class AllAnswered
    {
        /// <summary>The one instance.</summary>
        public static readonly AllAnswered Instance = new();
    }

    /// <summary>Tells the actor that it may try the chat again that had to wait.</summary>
    public sealed class Resume
    {
        /// <summary>The one instance.</summary>
        public static readonly Resume Instance = new();
    }

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
            OweNot();
    }

    /// <summary>Writes the receipt of a chat of this connection that has an id and is kept in a mailbox. A person who typed the chat is told,
    /// too.</summary>
    public void AnswerStored(scoped in ChatView chat)
    {
        outbound.Write(chat, static (to, c) => Answers.Stored(to, !c.IsTyped, c.Id, c.Recipient));
        OweNot();
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
