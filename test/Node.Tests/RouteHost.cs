using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

/// <summary>What is around one route: it notes what the route asks for, and answers nothing by itself.</summary>
internal sealed class RouteHost : IRouteHost
{
    public const int Tries = 3;
    private long _streams;

    public List<string> Answers { get; } = [];

    public List<Deposit> Deposits { get; } = [];

    public int LookUps { get; private set; }

    public bool Retired { get; private set; }

    public int MaxAttempts => Tries;

    public bool HasMailboxes { get; set; }

    public long NextStream() => ++_streams;

    public void Deposit(Deposit deposit) => Deposits.Add(deposit);

    public void AnswerStored(scoped in ChatView chat) => Answers.Add($"{Encoding.UTF8.GetString(chat.Id)} stored");

    public void LookUp(Route route) => LookUps++;

    public void Answer(scoped in ChatView chat, ErrorCode code) => Answers.Add($"{Encoding.UTF8.GetString(chat.Id)} {code}");

    public void HereChanged(bool isHere)
    {
    }

    public void Retire(Route route) => Retired = true;
}
