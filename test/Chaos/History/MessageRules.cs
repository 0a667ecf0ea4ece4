using Connection = ChatAkka.Chaos.History.HistoryIndex.Connection;
using Message = ChatAkka.Chaos.History.HistoryIndex.Message;

namespace ChatAkka.Chaos.History;

/// <summary>Promises for chats.</summary>
internal static class MessageRules
{
    private const string Delivered = "delivered";
    private const string Stored = "stored";

    /// <summary>The one refusal of something that may arrive nevertheless: nobody knows.</summary>
    private const string Unknown = "mailbox_unavailable";
    private const long Sight = 1_000_000;
    private const long DisturbedFor = 20_000_000;

    /// <summary>A chat with an id gets exactly one answer; none only where the sender's own connection ended.</summary>
    public static IEnumerable<Violation> Answers(HistoryIndex history)
    {
        foreach (var message in history.Messages.Where(m => m.Sent.HasId))
        {
            if (message.Answers.Count > 1)
                yield return Of("one answer", "a chat was answered more than once", message);
            else if (message.Answers.Count == 0 && history.Find(message.Sent.Connection) is { IsOpen: true })
                yield return Of("one answer", "a chat with an id has no answer, and its sender's connection is open", message);
        }
    }

    /// <summary>What has the receipt `delivered` arrived, unless the connection it was handed to broke.</summary>
    public static IEnumerable<Violation> Receipts(HistoryIndex history)
    {
        foreach (var message in history.Messages.Where(m => m.Deliveries.Count == 0 && m.Answers.Any(a => a.Outcome == Delivered)))
        {
            var receipt = message.Answers[0].At;
            var places = history.Of(message.Sent.Recipient).Where(c => c.Start <= receipt && EndForNode(history, c) >= message.Sent.At).ToList();
            if (places.All(c => c.IsOpen))
                yield return Of("receipt", "a chat has a receipt and did not arrive, and its recipient's connection is open", message);
        }

        // A gap: before and after it chats of the same sender came to the same connection, so it was not on another.
        foreach (var (message, lost) in Gaps(history))
            yield return Of("receipt", $"a chat with a receipt is missing in the middle of connection {lost}", message);
    }

    /// <summary>What has the receipt `stored` arrives: at any connection of a user who acknowledges; else unless one of the user's
    /// connections broke, which it may have been handed to.</summary>
    public static IEnumerable<Violation> StoredOnes(HistoryIndex history)
    {
        if (history.StoreWasLost)
            yield break;
        foreach (var message in history.Messages.Where(m => m.Deliveries.Count == 0 && m.Answers.Any(a => a.Outcome == Stored)))
        {
            var places = history.Of(message.Sent.Recipient);
            if (history.Acks(message.Sent.Recipient) ? places.Any(c => c.IsOpen) : places.All(c => c.IsOpen || EndForNode(history, c) < message.Sent.At))
                yield return Of("stored", "a chat has the receipt stored and did not arrive, and its recipient was there", message);
        }
    }

    /// <summary>A number of a mailbox stands for one message, for ever.</summary>
    public static IEnumerable<Violation> Numbers(HistoryIndex history)
    {
        if (history.StoreWasLost)
            yield break;
        var known = new Dictionary<(string, long), HistoryEvent.Delivered>();
        foreach (var delivered in history.Events.OfType<HistoryEvent.Delivered>().Where(d => d.Seq > 0))
        {
            if (history.Find(delivered.Connection) is not { } connection)
                continue;
            if (known.TryGetValue((connection.User, delivered.Seq), out var before) && (before.Sender, before.Number) != (delivered.Sender, delivered.Number))
                yield return new Violation("number", $"{connection.User} got two messages under number {delivered.Seq}", [before, delivered]);
            known[(connection.User, delivered.Seq)] = delivered;
        }
    }

    /// <summary>What was refused with an error did not arrive, unless the connection where it arrived broke.</summary>
    public static IEnumerable<Violation> Refusals(HistoryIndex history) =>
        from message in history.Messages
        where message.Answers.Any(a => a.Outcome is not (Delivered or Stored or Unknown))
        where message.Deliveries.Any(d => history.Find(d.Connection) is { IsOpen: true })
        select Of("refusal", "a chat was answered with an error and arrived", message);

    /// <summary>A chat without an id arrives where both ends stayed for the whole round, or its sender is told.</summary>
    /// <remarks>Where a node dies, chats on their way to it are dropped, also those for a recipient who had just moved: docs/delivery.md.</remarks>
    public static IEnumerable<Violation> Losses(HistoryIndex history)
    {
        if (history.Events.Any(e => e is HistoryEvent.Died))
            yield break;
        foreach (var message in history.Messages.Where(m => !m.Sent.HasId && m.Deliveries.Count == 0))
        {
            var sender = history.Find(message.Sent.Connection);
            var recipient = history.Of(message.Sent.Recipient);
            if (history.StoreWasLost && history.Acks(message.Sent.Recipient))
                continue;
            if (sender is { IsOpen: true, Complaints: 0 } && recipient is [{ IsOpen: true } only] && only.Start < message.Sent.At)
                yield return Of("loss", "a chat without an id did not arrive, though both ends stayed and no error was told", message);
        }
    }

    /// <summary>Nothing comes twice to one connection. A chat with an id may come to a second connection after the first one broke, a chat without an id only
    /// if the first one's node died: it was read from the mailbox, and nobody could report that. A user who acknowledges gets a message again on another
    /// connection, under the same number.</summary>
    public static IEnumerable<Violation> Duplicates(HistoryIndex history)
    {
        foreach (var message in history.Messages.Where(m => m.Deliveries.Count > 1))
        {
            var places = message.Deliveries.Select(d => history.Find(d.Connection)).ToList();
            if (places.All(c => c is { Acks: true }) && places.Distinct().Count() == places.Count)
            {
                if (message.Deliveries.Select(d => d.Seq).Distinct().Count() > 1 && !history.StoreWasLost)
                    yield return Of("duplicate", "a chat came again under another number", message);
                continue;
            }

            var mayComeAgain = message.Sent.HasId ? places.Any(c => c is not { IsOpen: true }) : places.SkipLast(1).All(c => c is not null && DiedWithNode(history, c));
            if (!mayComeAgain || places.Distinct().Count() < places.Count)
                yield return Of("duplicate", "a chat arrived more than once", message);
        }
    }

    /// <summary>What one connection sends to another arrives in the order in which it was sent.</summary>
    public static IEnumerable<Violation> Order(HistoryIndex history)
    {
        var last = new Dictionary<(int, int), HistoryEvent.Delivered>();
        foreach (var delivered in history.Events.OfType<HistoryEvent.Delivered>())
        {
            var pair = (delivered.Sender, delivered.Connection);
            if (last.TryGetValue(pair, out var before) && before.Number > delivered.Number)
                yield return new Violation("order", "a later chat of the same sender arrived first", [before, delivered]);
            last[pair] = delivered;
        }
    }

    /// <summary>A chat arrives at its recipient and nobody else, and only what was sent arrives.</summary>
    public static IEnumerable<Violation> Strangers(HistoryIndex history)
    {
        foreach (var stray in history.Strays.Where(s => history.Find(s.Sent.Connection) is not null))
            yield return Of("stranger", "a chat arrived that was not sent", stray);
        foreach (var message in history.Messages)
        {
            if (message.Deliveries.Any(d => history.Find(d.Connection) is { } c && c.User != message.Sent.Recipient))
                yield return Of("stranger", "somebody got another's chat", message);
        }
    }

    /// <summary>When a node knew that a connection had ended: a moment after the client, or when it was itself again.</summary>
    private static long EndForNode(HistoryIndex history, Connection connection) => connection.IsOpen ? connection.End
        : connection.End + (history.WasDisturbed(connection.Host, connection.End, connection.End) ? DisturbedFor : Sight);

    private static bool DiedWithNode(HistoryIndex history, Connection connection) =>
        !connection.IsOpen && history.Events.Any(e => e is HistoryEvent.Died died && died.Host == connection.Host);

    private static IEnumerable<(Message Message, int Connection)> Gaps(HistoryIndex history)
    {
        var reach = new Dictionary<(int, int), (int First, int Last)>();
        foreach (var d in history.Events.OfType<HistoryEvent.Delivered>())
        {
            var known = reach.TryGetValue((d.Sender, d.Connection), out var r);
            reach[(d.Sender, d.Connection)] = known ? (Math.Min(r.First, d.Number), Math.Max(r.Last, d.Number)) : (d.Number, d.Number);
        }

        foreach (var message in history.Messages.Where(m => m.Deliveries.Count == 0 && m.Answers.Any(a => a.Outcome == Delivered)))
        {
            foreach (var place in history.Of(message.Sent.Recipient).Where(c => !c.IsOpen))
            {
                if (reach.TryGetValue((message.Sent.Connection, place.Id), out var r) && r.First < message.Sent.Number && message.Sent.Number < r.Last)
                    yield return (message, place.Id);
            }
        }
    }

    private static Violation Of(string rule, string text, Message message) => new(rule, text, message.Story);
}
