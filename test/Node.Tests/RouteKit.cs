using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

/// <summary>One route, told everything by hand.</summary>
public abstract class RouteKit
{
    private protected static readonly NodeId Self = new("h", 1, 1);
    private protected static readonly NodeId Other = new("h", 2, 2);
    private protected static readonly LinkSettings LinkSettings = new(
        4096, 64, 1024, 3, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));

    private protected RouteKit()
    {
        Route = new Route(UserName.TryCreate("bob")!, Host);
        Alice = Connection(1);
    }

    private protected RouteHost Host { get; } = new();

    private protected Route Route { get; }

    private protected ClientConnection Alice { get; }

    /// <summary>How many chats were sent; the content of each is its number.</summary>
    private protected int Count { get; set; }

    private protected static void Acknowledge(Link link, long number) => Acknowledge(link, number, [], (_, _) => { });

    private protected static void Acknowledge(Link link, long number, LinkFailure[] failures, Action<byte[], ErrorCode> giveBack)
    {
        var counters = new NodeCounters();
        link.Acknowledge(number, failures, new ConnectionTable(counters, new TraceLog(TimeProvider.System)), counters, giveBack);
    }

    /// <summary>The other node has no session for any chat on the link.</summary>
    private protected void SendBack(Link link)
    {
        while (!link.IsIdle)
        {
            while (link.NextFrame((_, _, _) => []) is not null)
            {
            }

            var failures = new List<LinkFailure>();
            for (var number = link.Progress.Acknowledged + 1; number < link.NextNumber; number++)
                failures.Add(new LinkFailure(number, ErrorCode.RecipientOffline));
            Acknowledge(link, failures[^1].Number, [.. failures], (entry, _) => Route.Returned(new PendingChat(entry, Alice), link));
        }
    }

    private protected static void Drain(LocalSession session, List<string> read)
    {
        while (session.Connection.Outbound.TryTake(out var bytes) == Outbound.Take.Bytes)
            read.AddRange(Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private protected static ClientConnection Connection(long id, int waitingLimit = 1024 * 1024) =>
        new(id, new Outbound(64 * 1024 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{send} {content}")!)), waitingLimit, TimeProvider.System);

    private protected static LocalSession Session(ClientConnection connection) => new(UserName.TryCreate("bob")!, connection, DeliveryFormat.Text);

    private protected static string Text(PendingChat chat) => Encoding.UTF8.GetString(chat.View.Content);

    private protected void Send() => Route.Send(TestChats.Chat("alice", "bob", $"{++Count}", 1, $"{Count}"), Alice).ShouldBe(SendResult.Done);
}
