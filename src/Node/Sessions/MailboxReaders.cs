using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Sessions;

/// <summary>Starts the readers of mailboxes on this node.</summary>
/// <param name="mailboxes">Forwards requests to mailboxes.</param>
/// <param name="loginPatience">How long the answer to a login waits for the mailbox.</param>
/// <param name="timings">Times of readers.</param>
/// <param name="self">This node.</param>
/// <param name="trace">Remembers what happens to messages.</param>
internal sealed class MailboxReaders(IActorRef mailboxes, TimeSpan loginPatience, MailboxReaderTimings timings, NodeId self, TraceLog trace)
{
    /// <summary>How long the answer to a login waits for the mailbox.</summary>
    public TimeSpan LoginPatience => loginPatience;

    /// <summary>Starts a reader of a session's mailbox as a child of the connection's actor.</summary>
    public IActorRef Start(IActorContext owner, LocalSession session)
    {
        var reader = new ReaderId(self, session.Connection.Id);
        var (target, times, log) = (mailboxes, timings, trace);
        return owner.ActorOf(Props.Create(() => new MailboxReaderActor(session, reader, target, times, log)));
    }
}
