using Akka.Event;

namespace ChatAkka.Runtime.Serializers;

/// <summary>Counts the messages of other members that no serializer takes, and lets only one log line in a while tell of them.</summary>
/// <remarks>Akka.Remote writes a warning for each, and the connection goes on. The name of the source of that line has the address of the other member.</remarks>
/// <param name="pace">The least time between two lines.</param>
/// <param name="time">The clock.</param>
public sealed class RefusedMessages(TimeSpan pace, TimeProvider time) : LogFilterBase
{
    /// <summary>Akka.Remote's reader of a connection, whose type is not public.</summary>
    private const string Reader = "EndpointReader";

    private readonly Lock _gate = new();
    private long? _lastLine;
    private long _count;

    /// <summary>Makes it with the pace of every member.</summary>
    public static RefusedMessages Standard() => new(RemotingTimings.Standard.RefusalPace, TimeProvider.System);

    /// <summary>How many messages were refused.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <inheritdoc/>
    public override LogFilterType FilterType => LogFilterType.Source;

    /// <inheritdoc/>
    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null)
    {
        if (content is not Warning { Cause: not null } || content.LogClass?.Name != Reader)
            return LogFilterDecision.Keep;
        lock (_gate)
        {
            _count++;
            if (_lastLine is { } last && time.GetElapsedTime(last) < pace)
                return LogFilterDecision.Drop;
            _lastLine = time.GetTimestamp();
            return LogFilterDecision.Keep;
        }
    }
}
