using System.Globalization;
using System.Text.Json;
using System.Text;
using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Answers the questions of operators about this node, and carries out their orders on this node.</summary>
internal sealed class NodeAgentActor : ReceiveActor
{
    /// <summary>Maximum size of an answer. It is below the limit of a message between members (akka.remote.socket-tcp.maximum-frame-size).</summary>
    private const int MostBytes = 96 * 1024;

    /// <summary>How many events of messages with one id an answer contains at most.</summary>
    private const int MostHops = 200;

    /// <summary>First id of the senders that are operators. Connection ids of clients never reach this number.</summary>
    private const long FirstOperator = 1L << 48;

    private static readonly TimeSpan s_askTimeout = TimeSpan.FromSeconds(2);
    private static readonly UserName s_operator = UserName.TryCreate("pbm")!;

    private readonly AgentServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _lastOperator = FirstOperator;

    /// <summary>Makes the agent.</summary>
    /// <param name="services">The parts of the node that it uses.</param>
    public NodeAgentActor(AgentServices services)
    {
        _services = services;
        Receive<AgentQuestion>(OnQuestion);
    }

    private void OnQuestion(AgentQuestion question)
    {
        try
        {
            switch (question.Kind)
            {
                case AgentKinds.Node:
                    var reporting = ReportAsync();
                    AnswerLater(reporting);
                    break;
                case AgentKinds.Sessions:
                    Answer(ListSessions(AgentJson.Read<SessionsQuestion>(question.Body).After));
                    break;
                case AgentKinds.Place:
                    Answer(FindPlace(Name(question)));
                    break;
                case AgentKinds.Depth:
                    AnswerLater(DepthAsync(Name(question)));
                    break;
                case AgentKinds.Trace:
                    Answer(Trace(AgentJson.Read<NameQuestion>(question.Body).Name));
                    break;
                case AgentKinds.Kick:
                    Answer(Kick(Name(question)));
                    break;
                case AgentKinds.Send:
                    var send = AgentJson.Read<SendQuestion>(question.Body);
                    AnswerLater(SendAsync(send));
                    break;
                case AgentKinds.Drain:
                    var drain = AgentJson.Read<DrainQuestion>(question.Body);
                    AnswerLater(DrainAsync(drain.PerSecond));
                    break;
                default:
                    Sender.Tell(new AgentAnswer($"does not know '{question.Kind}': its version is another", ReadOnlyMemory<byte>.Empty));
                    break;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            Sender.Tell(new AgentAnswer($"cannot read the question: {e.Message}", ReadOnlyMemory<byte>.Empty));
        }
        catch (Exception e)
        {
            // A question that fails must not stop the node, so the exception is not passed on.
            _log.Error(e, "The question '{0}' of an operator failed. The operator gets an error; clients are not affected", question.Kind);
            Sender.Tell(new AgentAnswer($"failed: {e.GetBaseException().Message}", ReadOnlyMemory<byte>.Empty));
        }
    }

    private void Answer<T>(T report) => Sender.Tell(new AgentAnswer("", AgentJson.Write(report)));

    private void AnswerLater<T>(Task<T> report) => report.PipeTo(
        Sender,
        success: r => new AgentAnswer("", AgentJson.Write(r)),
        failure: e => new AgentAnswer(e is AskTimeoutException ? "is up, and a part of it does not answer" : e.GetBaseException().Message, ReadOnlyMemory<byte>.Empty));

    private static UserName Name(AgentQuestion question) =>
        UserName.TryCreate(AgentJson.Read<NameQuestion>(question.Body).Name) ?? throw new FormatException("no user name");

    private async Task<NodeReport> ReportAsync()
    {
        var status = await _services.Listener.Ask<ListenerActor.DrainStatus>(ListenerActor.AskDrain.Instance, s_askTimeout).ConfigureAwait(false);
        var queue = _services.Links.All.Sum(l => l.CountChats()) + _services.Routes.All.Sum(r => r.CountChats());
        return new NodeReport(
            _services.Self.ToString(),
            _services.Self.Address,
            status.ClientAddress,
            status.Open,
            status.Capacity,
            _services.Connections.All.Count(c => c is { IsLoggedIn: true, Session: not null }),
            _services.Links.All.Count(),
            queue,
            status.IsDraining,
            _services.Counters.ToLedger(queue),
            [.. _services.Peers.All.Select(p => new PeerReport(p.Node.ToString(), p.Line.IsGone, p.Line.Delivered, p.Line.SentBack, p.Line.LostInFlight))]);
    }

    private SessionsReport ListSessions(string after)
    {
        var all = _services.Connections.All.Where(c => c.IsLoggedIn).Select(Report).OfType<SessionReport>()
            .Where(s => string.CompareOrdinal(s.User, after) > 0).OrderBy(s => s.User, StringComparer.Ordinal).ToList();
        var (count, bytes) = (0, 0);
        while (count < all.Count && (bytes += AgentJson.Write(all[count]).Length + 1) <= MostBytes)
            count++;
        return new SessionsReport(all.GetRange(0, count), all.Count - count);
    }

    private SessionReport? Report(ClientConnection connection) =>
        connection.Session is not { } session ? null : new SessionReport(
            session.User.Text,
            connection.Id,
            session.Since,
            session.Mode,
            Math.Max(0, Environment.TickCount64 - connection.LastRead),
            _services.Routes.FindLocal(session.User) == session,
            connection.Outbound.Waiting);

    private PlaceReport FindPlace(UserName user)
    {
        var connection = _services.Connections.All.FirstOrDefault(c => c.IsLoggedIn && c.Session is { } s && s.User.Equals(user));
        var session = connection is null ? null : Report(connection);
        return _services.Routes.Find(user) is { } route
            ? new PlaceReport(route.Place.Text, route.State, route.CountChats(), session)
            : new PlaceReport("", "", 0, session);
    }

    private async Task<DepthReport> DepthAsync(UserName user)
    {
        if (_services.Mailboxes is not { } mailboxes)
            return new DepthReport(false, 0, 0, 0, "");
        var depth = await mailboxes.Ask<MailboxAnswer.Depth>(new MailboxMessage.Look(user.Text), s_askTimeout).ConfigureAwait(false);
        return new DepthReport(true, depth.Waiting, depth.Bytes, depth.Last, depth.Reader is { } r ? $"{r.Node.Address} connection {r.Connection}" : "");
    }

    private TraceReport Trace(string id)
    {
        var hops = _services.Trace.Find(Encoding.UTF8.GetBytes(id));
        if (hops.Count == 0 && !id.StartsWith('"'))
            hops = _services.Trace.Find(JsonSerializer.SerializeToUtf8Bytes(id));
        return new TraceReport([.. hops.TakeLast(MostHops).Select(h => new HopReport(h.Time, Word(h.Kind), Details(h)))], Math.Max(0, hops.Count - MostHops));
    }

    private static string Word(HopKind kind) => kind switch
    {
        HopKind.SentBack => "sent back",
        HopKind.HandedOut => "handed out",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Details(TraceLog.Hop hop) => hop.Kind switch
    {
        HopKind.Accepted => $"from connection {Number(hop.Number)}",
        HopKind.Delivered => $"its sender, connection {Number(hop.Number)}, got the receipt",
        HopKind.Stored => $"kept in the mailbox; its sender, connection {Number(hop.Number)}, got the receipt",
        HopKind.Refused => $"{hop.Code.Wire()}, told to connection {Number(hop.Number)}",
        HopKind.Arrived => $"over the link from {hop.Other?.Address}, handed to the recipient's connection",
        HopKind.SentBack => $"over the link to {hop.Other?.Address}, as the recipient is not here",
        HopKind.Kept => $"in the mailbox, number {Number(hop.Number)}",
        _ => $"from the mailbox to connection {Number(hop.Number)}",
    };

    private static string Number(long number) =>
        number >= FirstOperator ? "of an operator" : number.ToString(CultureInfo.InvariantCulture);

    private DoneReport Kick(UserName user)
    {
        if (_services.Connections.All.FirstOrDefault(c => c.IsLoggedIn && c.Session is { } s && s.User.Equals(user)) is not { } connection)
            return new DoneReport(false, $"{user.Text} is not logged in on {_services.Self.Address} any more");
        connection.Actor.Tell(new CloseConnection(ErrorCode.Kicked));
        _log.Info("An operator ended the session of connection {0}: its client is told so and the connection is closed", connection.Id);
        return new DoneReport(true, $"connection {connection.Id.ToString(CultureInfo.InvariantCulture)} is closed");
    }

    private async Task<DoneReport> SendAsync(SendQuestion send)
    {
        var text = Encoding.UTF8.GetBytes(send.Text);
        if (text.Length > _services.ConnectionSettings.MaxLine / 2)
            return new DoneReport(false, $"the text has {text.Length} bytes; the most is {_services.ConnectionSettings.MaxLine / 2}");
        var sender = new OperatorSender(++_lastOperator);
        _services.Connections.AddSender(sender);
        try
        {
            var sent = Send(send.Recipient, text, sender);
            if (sent != SendResult.Done)
                return new DoneReport(false, sent == SendResult.Full ? "the way there is full: try again" : $"'{send.Recipient}' is no user name");
            _services.Counters.Accepted();
            return await sender.Answered.WaitAsync(s_askTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new DoneReport(false, "no receipt came in time: it may arrive later");
        }
        finally
        {
            _services.Connections.RemoveSender(sender);
        }
    }

    private SendResult Send(string recipient, byte[] text, OperatorSender sender) => _services.Routes.Send(
        new ChatView
        {
            Origin = sender.Id,
            Time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            IsTyped = false,
            Attempt = 0,
            Sender = s_operator.Utf8,
            Recipient = Encoding.UTF8.GetBytes(recipient),
            Id = JsonSerializer.SerializeToUtf8Bytes($"pbm-{Guid.NewGuid():N}"),
            Content = text,
        },
        sender);

    private async Task<DrainReport> DrainAsync(int perSecond)
    {
        object question = perSecond < 0 ? ListenerActor.AskDrain.Instance : new ListenerActor.SetDrain(perSecond);
        if (perSecond > 0)
            _log.Info("An operator drains this node: it accepts no new clients, and sends {0} clients a second to other nodes", perSecond);
        else if (perSecond == 0)
            _log.Info("An operator ended the drain: this node accepts clients again");
        var status = await _services.Listener.Ask<ListenerActor.DrainStatus>(question, s_askTimeout).ConfigureAwait(false);
        return new DrainReport(status.IsDraining, status.Moved, status.Open);
    }
}
