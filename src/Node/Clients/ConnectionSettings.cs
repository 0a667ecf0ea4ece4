using ChatAkka.Node.Routing;
using ChatAkka.Protocol.Client;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Settings of one client connection.</summary>
/// <param name="MaxLine">The maximum length of a line from a client, in bytes.</param>
/// <param name="OutboundLimit">If more bytes than this wait to be written to a client, it is a slow consumer and is closed.</param>
/// <param name="WaitingLimit">If more bytes of a client's chats than this wait for look-ups, the node stops reading from the client.</param>
/// <param name="LoginTimeout">A connection that did not log in is closed after this time.</param>
/// <param name="IdleTimeout">A connection that sends nothing for this time is closed; null: never.</param>
/// <param name="WriteTimeout">A connection whose socket takes no byte for this time, although bytes wait, is a slow consumer and is closed; null:
/// never.</param>
/// <param name="CloseGrace">How long a connection stays open for open receipts after a logout, and then for the client to read its last lines.</param>
/// <param name="StoreUnreadLimit">How long the session of a slow consumer is kept, at most, until its unread messages are stored. Then later messages
/// may reach the mailbox before them.</param>
/// <param name="Greeting">Which clients are greeted.</param>
/// <param name="Deliveries">Writes messages to recipients.</param>
internal sealed record ConnectionSettings(
    int MaxLine,
    int OutboundLimit,
    int WaitingLimit,
    TimeSpan LoginTimeout,
    TimeSpan? IdleTimeout,
    TimeSpan? WriteTimeout,
    TimeSpan CloseGrace,
    TimeSpan StoreUnreadLimit,
    Greeting Greeting,
    DeliveryWriter Deliveries)
{
    /// <summary>How long a connection stays open for open receipts after a logout, and then for the client to read its last lines.</summary>
    public TimeSpan CloseGrace { get; } = Positive(CloseGrace, nameof(CloseGrace));

    /// <summary>How long the session of a slow consumer is kept, at most, until its unread messages are stored.</summary>
    public TimeSpan StoreUnreadLimit { get; } = Positive(StoreUnreadLimit, nameof(StoreUnreadLimit));

    /// <summary>Derives <see cref="StoreUnreadLimit"/> from the settings of routing. While the session is kept, other nodes send chats to its place, get
    /// them back, and send them again. They stop after <see cref="RoutingSettings.MaxAttempts"/>: then the chats go into the mailbox, and it does
    /// not help any more to keep the session. That takes the pauses between the attempts, and about as long again for the attempts themselves.</summary>
    public static TimeSpan StoreUnreadLimitFor(RoutingSettings routing) => 2 * routing.RetryDelay * Math.Max(1, routing.MaxAttempts - 1);

    /// <summary>Reads <c>chat.connection</c>, the time limits of <c>chat.listener</c> and <c>chat.delivery</c>.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="routing">The settings for finding recipients.</param>
    public static ConnectionSettings Create(ConfigReader reader, RoutingSettings routing)
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
            reader.DurationOrOff("chat.connection.write-timeout", second, TimeSpan.FromDays(1)),
            reader.Duration("chat.connection.close-grace", second / 10, TimeSpan.FromMinutes(1)),
            StoreUnreadLimitFor(routing),
            reader.Choice("chat.connection.greeting", "typed", "always", "off") switch
            {
                "always" => Greeting.Always,
                "off" => Greeting.Off,
                _ => Greeting.Typed,
            },
            new DeliveryWriter(template ?? DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!));
    }

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }
}
