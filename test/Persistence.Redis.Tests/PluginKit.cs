using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit.Xunit2;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>An actor system with the plugins as shipped, on a store, under a key prefix of its own.</summary>
public sealed class PluginKit(string connection, string prefix, string receipts = "written", string more = "", string patience = "20s")
    : TestKit(ConfigOf(connection, prefix, receipts, more, patience))
{
    private int _last;

    /// <summary>The journal.</summary>
    public IActorRef Journal => Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null);

    /// <summary>The snapshot store.</summary>
    public IActorRef Snapshots => Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(null);

    /// <summary>Ends the system.</summary>
    public void End() => Shutdown();

    /// <summary>An event as an entity hands it to its journal.</summary>
    public static Persistent Event(string id, long number, object payload, string writer = "writer") =>
        new(payload, number, id, writerGuid: writer, sender: ActorRefs.NoSender);

    /// <summary>Writes atomic batches of events; gives the answers.</summary>
    public List<object> Write(params Persistent[][] batches)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new WriteMessages(batches.Select(b => new AtomicWrite([.. b])), probe, ++_last), probe);
        var answers = new List<object> { probe.ExpectMsg<object>(TimeSpan.FromSeconds(30)) };
        if (answers[0] is WriteMessagesSuccessful or WriteMessagesFailed)
            answers.AddRange(Enumerable.Range(0, batches.Sum(b => b.Length)).Select(_ => probe.ExpectMsg<object>(TimeSpan.FromSeconds(30))));
        return answers;
    }

    /// <summary>Writes single events with numbers.</summary>
    public void WriteRange(string id, int from, int to) =>
        Write([.. Enumerable.Range(from, to - from + 1).Select(n => new[] { Event(id, n, $"e{n}") })])[0].ShouldBeOfType<WriteMessagesSuccessful>();

    /// <summary>Replays; gives the payloads and the highest number.</summary>
    public (List<object> Payloads, long Highest) Replay(string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        var (events, highest) = ReplayEvents(id, from, to, max);
        return ([.. events.Select(e => e.Payload)], highest);
    }

    /// <summary>Replays; gives the events and the highest number.</summary>
    public (List<IPersistentRepresentation> Events, long Highest) ReplayEvents(string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new ReplayMessages(from, to, max, id, probe), probe);
        var events = new List<IPersistentRepresentation>();
        while (true)
        {
            switch (probe.ExpectMsg<object>(TimeSpan.FromSeconds(30)))
            {
                case ReplayedMessage replayed:
                    events.Add(replayed.Persistent);
                    break;
                case RecoverySuccess success:
                    return (events, success.HighestSequenceNr);
                case var other:
                    throw new InvalidOperationException(other.ToString());
            }
        }
    }

    /// <summary>Deletes events up to a number.</summary>
    public void Delete(string id, long to)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new DeleteMessagesTo(id, to, probe), probe);
        probe.ExpectMsg<DeleteMessagesSuccess>(TimeSpan.FromSeconds(30)).ToSequenceNr.ShouldBe(to);
    }

    /// <summary>Asks the snapshot store.</summary>
    public object AskSnapshots(object question)
    {
        var probe = CreateTestProbe();
        Snapshots.Tell(question, probe);
        return probe.ExpectMsg<object>(TimeSpan.FromSeconds(30));
    }

    private static Config ConfigOf(string connection, string prefix, string receipts, string more, string patience)
    {
        var config = ConfigurationFactory.ParseString($$"""
        akka.loglevel = OFF
        akka.actor {
          serializers.word = "ChatAkka.Persistence.Redis.Tests.WordSerializer, ChatAkka.Persistence.Redis.Tests"
          serialization-bindings { "ChatAkka.Persistence.Redis.Tests.Word, ChatAkka.Persistence.Redis.Tests" = word }
        }
        akka.persistence.journal.redis { configuration-string = "{{connection}}", key-prefix = "{{prefix}}", circuit-breaker.call-timeout = {{patience}} }
        akka.persistence.journal.redis.receipts = {{receipts}}
        akka.persistence.snapshot-store.redis { configuration-string = "{{connection}}", key-prefix = "{{prefix}}", circuit-breaker.call-timeout = {{patience}} }
        {{more}}
        """).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "persistence.conf"))));

        // Akka brings its own bindings only when persistence is used first, and then it is too late for them: whoever needs them says so.
        return more.Length == 0 ? config : config.WithFallback(Akka.Persistence.Persistence.DefaultConfig());
    }
}
