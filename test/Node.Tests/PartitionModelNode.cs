using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>A node of the model: the deposits that it sends, and what it hears of them.</summary>
internal sealed class PartitionModelNode(int number)
{
    private readonly Dictionary<Deposit, int> _answers = [];

    public int Number => number;

    public NodeId Id { get; } = new("127.0.0.1", number, number);

    public DepositLane Lane { get; } = new(TimeSpan.Zero);

    public Dictionary<string, Deposit> Open { get; } = [];

    public List<(string User, string Id)> Stored { get; } = [];

    public IEnumerable<(string User, int Answers)> Answers => _answers.Select(a => (a.Key.Owner.User.Text, a.Value));

    public void Add(string user, IReadOnlyList<PendingChat> chats)
    {
        var deposit = new Deposit(new Route(UserName.TryCreate(user)!), 1, 1, chats, null, false);
        Open[user] = deposit;
        _answers[deposit] = 0;
        Lane.Add(deposit, TimeSpan.Zero);
    }

    public PartitionBatch Batch() => new(0, Id, Lane.Term, Lane.Settled, TakeAll());

    private List<MailboxMessage> TakeAll()
    {
        List<MailboxMessage> all = [];
        while (Lane.HasUnsent)
        {
            var some = Lane.Take(100, TimeSpan.Zero);
            some.ShouldNotBeEmpty();
            all.AddRange(some);
        }

        return all;
    }

    public void Receive(PartitionAnswer answer)
    {
        if (answer.Term > Lane.Term && answer.Taken is { } taken)
        {
            foreach (var (deposit, result) in Lane.Begin(answer.Term, taken, answer.Answers))
                Take(deposit, result);
        }
        else if (answer.Term == Lane.Term)
        {
            foreach (var stored in answer.Answers.Each().OfType<MailboxAnswer.Stored>())
            {
                if (Lane.Answer(stored.Number) is { } deposit)
                    Take(deposit, stored);
            }
        }
    }

    public void GiveUp()
    {
        foreach (var deposit in Lane.GiveUp(TimeSpan.Zero))
        {
            _answers[deposit]++;
            Open.Remove(deposit.Owner.User.Text);
        }
    }

    private void Take(Deposit deposit, MailboxAnswer answer)
    {
        _answers[deposit]++;
        Open.Remove(deposit.Owner.User.Text);
        answer.ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        foreach (var chat in deposit.Chats)
            Stored.Add((deposit.Owner.User.Text, System.Text.Encoding.UTF8.GetString(chat.View.Id)));
    }

    private sealed class Route(UserName user) : IDepositOwner
    {
        public UserName User => user;

        public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures) => throw new InvalidOperationException();

        public void RecipientOnline(Deposit deposit, ReaderId reader) => throw new InvalidOperationException();

        public void TimedOut(Deposit deposit) => throw new InvalidOperationException();
    }
}
