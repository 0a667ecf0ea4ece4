using ChatAkka.Protocol.Client;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Settings of one client connection.</summary>
/// <param name="MaxLine">The maximum length of a line from a client, in bytes.</param>
/// <param name="OutboundLimit">If more bytes than this wait to be written to a client, it is a slow consumer and is closed.</param>
/// <param name="WaitingLimit">If more bytes of a client's chats than this wait for look-ups, the node stops reading from the client.</param>
/// <param name="LoginTimeout">A connection that did not log in is closed after this time.</param>
/// <param name="IdleTimeout">A connection that sends nothing for this time is closed; null: never.</param>
/// <param name="CloseGrace">How long a connection stays open for open receipts after a logout, and then for the client to read its last lines.</param>
/// <param name="Greeting">Which clients are greeted.</param>
/// <param name="Deliveries">Writes messages to recipients.</param>
internal sealed record ConnectionSettings(
    int MaxLine, int OutboundLimit, int WaitingLimit, TimeSpan LoginTimeout, TimeSpan? IdleTimeout, TimeSpan CloseGrace, Greeting Greeting, DeliveryWriter Deliveries)
{
    /// <summary>Reads <c>chat.connection</c>, the time limits of <c>chat.listener</c> and <c>chat.delivery</c>.</summary>
    public static ConnectionSettings Create(ConfigReader reader)
    {
        var second = TimeSpan.FromSeconds(1);
        var text = reader.Text("chat.delivery.text");
        var template = DeliveryTemplate.TryParse(text);
        if (template is null)
            reader.Report("chat.delivery.text", $"is '{text}', expected a line with {{content}} and without control characters");
        return new ConnectionSettings(
            reader.Bytes("chat.connection.max-line", 256, 64 * 1024),
            reader.Bytes("chat.connection.outbound-limit", 128 * 1024, 1024 * 1024 * 1024),
            reader.Bytes("chat.connection.waiting-limit", 1024, 64 * 1024 * 1024),
            reader.Duration("chat.listener.login-timeout", second / 10, TimeSpan.FromDays(1)),
            reader.DurationOrOff("chat.listener.idle-timeout", second / 10, TimeSpan.FromDays(365)),
            reader.Duration("chat.connection.close-grace", second / 10, TimeSpan.FromMinutes(1)),
            reader.Choice("chat.connection.greeting", "typed", "always", "off") switch
            {
                "always" => Greeting.Always,
                "off" => Greeting.Off,
                _ => Greeting.Typed,
            },
            new DeliveryWriter(template ?? DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!));
    }
}
