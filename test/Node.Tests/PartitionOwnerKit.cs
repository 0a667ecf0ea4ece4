using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>The owner of partition 3 without its actor, with its opening turn under way. It sends, writes and reads to lists.</summary>
public abstract class PartitionOwnerKit
{
    private protected PartitionOwnerKit()
    {
        Owner = new PartitionOwner(3, State, Cache, (node, answer) => Sent.Add((node, answer)));
        Owner.Recovered(0);
        Readings = new PartitionReadings(Owner, Cache, (users, numbers) => Fetches.Add((users, numbers)));
        Events.Add(Owner.Begin(new PartitionTurn(1000, 1000) { IsOpening = true, FinishesImport = true }));
        Owner.Clients.Heard(NodeA, TimeSpan.Zero);
        Owner.Clients.Heard(NodeB, TimeSpan.Zero);
    }

    private protected List<byte[]> Events { get; } = [];

    private protected List<(NodeId Node, PartitionAnswer Answer)> Sent { get; } = [];

    private protected List<(IReadOnlyList<string> Users, IReadOnlyCollection<long> Numbers)> Fetches { get; } = [];

    private protected EventCache Cache { get; } = new(1_000_000);

    private protected PartitionState State { get; } = new(Settings);

    private protected PartitionOwner Owner { get; }

    private protected PartitionReadings Readings { get; }

    private protected void Open()
    {
        Written();
        Owner.Open();
    }

    private protected void Receive(NodeId origin, long term, params MailboxMessage[] messages)
    {
        Owner.Receive(new PartitionBatch(3, origin, term, 0, messages));
        Readings.Serve();
    }

    private protected bool Begin(Action<PartitionTurn>? more = null)
    {
        if (Owner.BeginTurn(2000, true, more) is not { } bytes)
            return false;
        Events.Add(bytes);
        return true;
    }

    private protected void Written()
    {
        Owner.Written();
        Readings.Serve();
    }

    private protected void Turn()
    {
        Begin().ShouldBeTrue();
        Written();
    }

    private protected void Fetched(params long[] present) => Readings.OnFetched(
        new PartitionReadings.Fetched(Fetches[^1].Users, Fetches[^1].Numbers, present.ToDictionary(n => n, n => Events[(int)n - 1])));

    /// <summary>The answers to a node A that are sent now.</summary>
    private protected List<MailboxAnswer> Flush()
    {
        var before = Sent.Count;
        Owner.Clients.Flush(State.Term);
        return [.. Sent.Skip(before).Where(s => s.Node == NodeA).SelectMany(s => s.Answer.Answers.Each())];
    }

    /// <summary>The index of the next owner.</summary>
    private protected PartitionState Next()
    {
        var state = new PartitionState(Settings);
        for (var i = 0; i < Events.Count; i++)
            state.Apply(i + 1, Events[i]);
        return state;
    }
}
