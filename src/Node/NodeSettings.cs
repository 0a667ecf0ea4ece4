using ChatAkka.Node.Clients;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Links;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;

namespace ChatAkka.Node;

/// <summary>All settings of a node.</summary>
/// <param name="Listener">The listener for clients.</param>
/// <param name="Tls">TLS for clients; null if clients cannot connect by TLS.</param>
/// <param name="Proxies">Proxies that say where clients come from; null if there are none.</param>
/// <param name="Auth">The authentication of clients, and their names.</param>
/// <param name="Limits">The limits against clients that do too much.</param>
/// <param name="Connection">Each connection.</param>
/// <param name="Routing">Finding recipients.</param>
/// <param name="Link">Links to other nodes.</param>
/// <param name="Mailbox">Mailboxes.</param>
/// <param name="Session">Sessions.</param>
/// <param name="FlushTimeout">How long a node that stops waits for what is under way.</param>
internal sealed record NodeSettings(
    ListenerSettings Listener,
    TlsSettings? Tls,
    ProxySettings? Proxies,
    AuthSettings Auth,
    LimitSettings Limits,
    ConnectionSettings Connection,
    RoutingSettings Routing,
    LinkSettings Link,
    MailboxSettings Mailbox,
    SessionSettings Session,
    TimeSpan FlushTimeout)
{
    /// <summary>How clients are let in, in a few words, for operators.</summary>
    public string Posture => string.Join(
        ", ",
        new[]
        {
            Listener.Address is null ? null : "TCP",
            Tls is null ? null : "TLS",
            Auth.IsOpen ? "open" : null,
            Auth.Tokens is null ? null : "token",
            Auth.Passwords is null ? null : "password",
        }.OfType<string>());

    /// <summary>Reads what <c>hocon/node.conf</c> explains.</summary>
    public static NodeSettings Create(ConfigReader reader)
    {
        var routing = RoutingSettings.Create(reader);
        var listener = ListenerSettings.Create(reader);
        var settings = new NodeSettings(
            listener,
            listener.TlsAddress is null ? null : TlsSettings.Create(reader),
            ProxySettings.Create(reader),
            AuthSettings.Create(reader, [.. new[] { listener.Address, listener.TlsAddress }.OfType<HostPort>()]),
            LimitSettings.Create(reader),
            ConnectionSettings.Create(reader, routing),
            routing,
            LinkSettings.Create(reader),
            MailboxSettings.Create(reader),
            SessionSettings.Create(reader),
            reader.Duration("chat.shutdown.flush-timeout", TimeSpan.Zero, TimeSpan.FromSeconds(5)));

        // Akka.Remote drops a frame over its maximum, and a chat over the outbound limit could never be delivered.
        if (settings.Connection.OutboundLimit < 2 * settings.Connection.MaxLine)
            reader.Report("chat.connection.outbound-limit", "must be at least twice chat.connection.max-line");
        if (settings.Limits.Address.TableSize < 2 * listener.MaxConnections)
            reader.Report("chat.limits.address.table-size", "must be at least twice chat.listener.max-connections");
        return settings;
    }
}
