using System.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

internal static class TestChats
{
    public static ChatView Chat(string sender, string recipient, string content, long origin, string id) => new()
    {
        Origin = origin,
        Time = 1,
        IsTyped = false,
        Attempt = 0,
        Sender = Encoding.UTF8.GetBytes(sender),
        Recipient = Encoding.UTF8.GetBytes(recipient),
        Id = Encoding.UTF8.GetBytes(id),
        Content = Encoding.UTF8.GetBytes(content),
    };
}
