using Akka.Cluster;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Management.Chat;

/// <summary>Marks what a node knows of a user if the registry says something else.</summary>
internal static class Disagreements
{
    /// <summary>Marks a connection that believes that it holds the session, if the registry names another one.</summary>
    public static string Stray(SessionRecord? session, Member member, SessionReport here) =>
        session?.Owner.Node == member.UniqueAddress.ToNodeId() && session.Owner.Connection == here.Connection ? "" : " - the registry disagrees";

    /// <summary>Marks a place in a cache.</summary>
    public static string Of(SessionRecord? session, string place) => session switch
    {
        null when place == "mailbox" => "",
        null => " - disagrees: the registry has no session",
        { Mode: SessionModes.Ack } when place == "mailbox" => "",
        _ when place == session.Owner.Node.Address => "",
        _ => $" - disagrees: the registry says {session.Owner.Node.Address}",
    };
}
