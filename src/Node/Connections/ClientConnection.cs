using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Connections;

/// <summary>What the rest of the node may use of a connection from any thread: its outbound side, its budget and its actor.</summary>
/// <param name="id">Connection id, unique within the node.</param>
/// <param name="outbound">What waits to be written to the client.</param>
/// <param name="waitingLimit">The most bytes of this connection's chats that wait for a look-up, before it stops being read.</param>
internal sealed class ClientConnection(long id, Outbound outbound, int waitingLimit) : ISender
{
    private IActorRef _actor = ActorRefs.Nobody;
    private long _lastRead = Environment.TickCount64;
    private int _waiting;
    private int _paused;
    private int _owed;
    private int _isAwaited;

    /// <summary>Connection id.</summary>
    public long Id => id;

    /// <summary>What waits to be written to the client.</summary>
    public Outbound Outbound => outbound;

    /// <summary>When the connection was accepted, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Accepted { get; } = Environment.TickCount64;

    /// <summary>True from the login on.</summary>
    public bool IsLoggedIn { get; set; }

    /// <summary>The session from its claim to its end; null before and behind it.</summary>
    public LocalSession? Session { get; set; }

    /// <summary>When something was last read, on the same clock.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>The connection's actor.</summary>
    public IActorRef Actor => _actor;

    /// <summary>Notes that a chat with an id was taken: it will be answered once.</summary>
    public void Owe() => Interlocked.Increment(ref _owed);

    /// <summary>Takes back <see cref="Owe"/>: the chat was not taken after all, or its answer was written.</summary>
    public void OweNot()
    {
        // Both here and in AwaitAnswers a full fence lies between the write and the read: one of the two sees the other.
        if (Interlocked.Decrement(ref _owed) == 0 && Volatile.Read(ref _isAwaited) == 1)
            _actor.Tell(AllAnswered.Instance);
    }

    /// <summary>True where every chat with an id is answered; else the actor is told <see cref="AllAnswered"/> when the last answer was
    /// written. Only where no more chats are taken.</summary>
    public bool AwaitAnswers()
    {
        Interlocked.Exchange(ref _isAwaited, 1);
        return Volatile.Read(ref _owed) == 0;
    }

    /// <summary>Sets the actor, before anything else can reach the connection.</summary>
    public void Attach(IActorRef actor) => _actor = actor;

    /// <summary>Notes that something was read.</summary>
    public void Touch() => Volatile.Write(ref _lastRead, Environment.TickCount64);

    /// <summary>Books <paramref name="bytes"/> as waiting; false where the budget is used up: the actor stops reading and is told
    /// <see cref="Resume"/> when half of it is free.</summary>
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

    /// <summary>Books what came back to wait again, whatever the budget says: it must not be dropped.</summary>
    public void Reserve(int bytes) => Interlocked.Add(ref _waiting, bytes);

    /// <summary>Gives back what waits no more.</summary>
    public void Release(int bytes)
    {
        if (Interlocked.Add(ref _waiting, -bytes) <= waitingLimit / 2
            && Volatile.Read(ref _paused) == 1 && Interlocked.Exchange(ref _paused, 0) == 1)
            _actor.Tell(Resume.Instance);
    }

    /// <inheritdoc/>
    public void OnSpace() => _actor.Tell(Resume.Instance);

    /// <summary>Says that the last chat with an id is answered.</summary>
    public sealed class AllAnswered
    {
        /// <summary>The one instance.</summary>
        public static readonly AllAnswered Instance = new();
    }

    /// <summary>Says that a chat that had to wait may be tried again.</summary>
    public sealed class Resume
    {
        /// <summary>The one instance.</summary>
        public static readonly Resume Instance = new();
    }

    /// <summary>Writes a receipt or an error about a chat of this connection, as far as it is shown.</summary>
    public void Answer(scoped in ChatView chat, ErrorCode code)
    {
        if (code != ErrorCode.None)
        {
            outbound.Write(new Refusal(chat, code), static (to, r) =>
                Answers.Error(to, !r.Chat.IsTyped, r.Code, null, r.Chat.Id, r.Chat.Recipient));
        }
        else if (IsShown(chat))
            outbound.Write(chat, static (to, c) => Answers.Delivered(to, c.Id));

        // Behind the answer: who waits for it closes the outbound side.
        if (!chat.Id.IsEmpty)
            OweNot();
    }

    /// <summary>Writes the receipt of a chat of this connection that has an id and is kept in a mailbox; who typed it is told, too.</summary>
    public void AnswerStored(scoped in ChatView chat)
    {
        outbound.Write(chat, static (to, c) => Answers.Stored(to, !c.IsTyped, c.Id, c.Recipient));
        OweNot();
    }

    /// <summary>That a chat was delivered is told for the id that a client gave; of a typed chat, whose id is the server's, nothing is said.</summary>
    private static bool IsShown(scoped in ChatView chat) => !chat.Id.IsEmpty && !chat.IsTyped;

    private readonly ref struct Refusal(ChatView chat, ErrorCode code)
    {
        public readonly ChatView Chat = chat;
        public readonly ErrorCode Code = code;
    }
}
