using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

/// <summary>The chats of the model. It checks at once what may never happen to one.</summary>
internal sealed class RouteModelChats
{
    private readonly Dictionary<string, RouteModelChat> _chats = [];
    private readonly Dictionary<string, int> _lastHanded = [];
    private readonly Dictionary<(object, string), int> _lastInSink = [];
    private int _copies;

    public IEnumerable<RouteModelChat> All => _chats.Values;

    /// <summary>The copies of unread chats that wait in the route.</summary>
    public IEnumerable<RouteModelChat> Waiting => _chats.Values.Where(c => c.IsWaiting);

    public RouteModelChat Of(scoped in ChatView view) => _chats[Encoding.UTF8.GetString(view.Content)];

    public RouteModelChat Add(RouteModelChat chat)
    {
        _chats.Add(chat.Key, chat);
        return chat;
    }

    /// <summary>Takes a chat back from a session that did not read it.</summary>
    public PendingChat Copy(scoped in ChatView view, LocalSession from)
    {
        var of = Of(view);
        var copy = Add(new RouteModelChat(of.Sender, of.Number, hasId: true, ++_copies) { IsAccepted = true, IsWaiting = true, TakenFrom = from });
        return new PendingChat(TestChats.Chat(copy.Sender, "bob", copy.Key, 0, copy.Key), origin: null)
        {
            IsTakenBack = true,
            Settled = () =>
            {
                copy.Settled++;
                copy.IsWaiting = false;
            },
        };
    }

    /// <summary>A chat was handed to a session, or kept in the mailbox: at most once, unless a node died, and in the order of its sender.</summary>
    public void Hand(scoped in ChatView view, object sink)
    {
        var chat = Of(view);
        chat.IsAccepted.ShouldBeTrue(chat.Key);
        chat.Refusal.ShouldBe(ErrorCode.None, $"{chat} was refused, and is handed over after all");
        (++chat.Handings).ShouldBeLessThanOrEqualTo(chat.MostHandings, $"{chat} is handed over again");
        chat.LastSink = sink;
        if (chat.IsCopy)
        {
            if (chat.Handings == 1)
                Follow(_lastInSink, (chat.TakenFrom!, "copies of " + chat.Sender), chat, chat.Copy);
            return;
        }

        if (chat.Handings == 1)
            Follow(_lastHanded, chat.Sender, chat, chat.Number);
        Follow(_lastInSink, (sink, chat.Sender), chat, chat.Number);
    }

    /// <summary>A sender was answered: at most once.</summary>
    public void Answered(string key, ErrorCode code)
    {
        var chat = _chats[key];
        (++chat.Answers).ShouldBe(1, $"{chat} is answered again");
        chat.Refusal = code;
    }

    private static void Follow<T>(Dictionary<T, int> last, T key, RouteModelChat chat, int number)
        where T : notnull
    {
        last.GetValueOrDefault(key).ShouldBeLessThan(number, $"{chat} comes too late");
        last[key] = number;
    }
}
