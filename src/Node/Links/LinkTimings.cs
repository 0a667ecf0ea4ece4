using System.Runtime.CompilerServices;

namespace ChatAkka.Node.Links;

/// <summary>The times of this layer that operators do not set. They depend on each other and on settings; the rules are checked when the record is
/// made.</summary>
/// <param name="CheckInterval">The time between two checks of a link whose entries are in flight (<c>chat.link.resend-after</c>).</param>
/// <param name="MostResendDoublings">The pause between two resends is at most the check interval times two to the power of this.</param>
/// <param name="Fallback">How long a link that got no acknowledgement through the relay stays on the direct path.</param>
/// <param name="RelaySilence">If no heartbeat of the relay came for longer than this, the relay is doubted (<c>chat.link.relay-silence</c>).</param>
/// <param name="RelayCheckInterval">The time between two checks whether heartbeats of the relay come.</param>
/// <param name="StatusInterval">The time between two checks whether the status of this node has changed and must be sent to the other nodes.</param>
/// <param name="StatusRepeatIntervals">A status that did not change is sent again after this many intervals, because the last one may have been
/// lost.</param>
/// <param name="GoneNodeAge">How long a node that left the cluster is remembered, so that a late frame of it creates no link.</param>
internal sealed record LinkTimings(
    TimeSpan CheckInterval,
    int MostResendDoublings,
    TimeSpan Fallback,
    TimeSpan RelaySilence,
    TimeSpan RelayCheckInterval,
    TimeSpan StatusInterval,
    int StatusRepeatIntervals,
    TimeSpan GoneNodeAge)
{
    /// <summary>The longest pause between two resends.</summary>
    public TimeSpan LongestResendPause => CheckInterval * (1 << MostResendDoublings);

    // The rules. A property that is declared here stands for the parameter of the same name.

    public TimeSpan Fallback { get; } = Require(
        Fallback,
        Fallback > CheckInterval * (1 << MostResendDoublings),
        "longer than the longest pause between two resends, so that the direct path is tried before it ends");

    public TimeSpan RelayCheckInterval { get; } = Require(
        RelayCheckInterval,
        RelayCheckInterval > TimeSpan.Zero && RelayCheckInterval <= RelaySilence / 2,
        "at most half of the silence, so that silence is noticed in time");

    public TimeSpan GoneNodeAge { get; } = Require(
        GoneNodeAge,
        GoneNodeAge >= TimeSpan.FromMinutes(1),
        "at least a minute: the news that a member is gone may come that much before the cluster's state says so");

    /// <summary>Makes the times that follow from the settings.</summary>
    /// <param name="resendAfter">The value of <c>chat.link.resend-after</c>.</param>
    /// <param name="relaySilence">The value of <c>chat.link.relay-silence</c>.</param>
    public static LinkTimings Of(TimeSpan resendAfter, TimeSpan relaySilence) => new(
        CheckInterval: resendAfter,
        MostResendDoublings: 3,
        Fallback: resendAfter * 32,
        relaySilence,
        RelayCheckInterval: relaySilence / 4,
        StatusInterval: TimeSpan.FromSeconds(1),
        StatusRepeatIntervals: 10,
        GoneNodeAge: TimeSpan.FromHours(1));

    private static TimeSpan Require(TimeSpan value, bool isMet, string rule, [CallerArgumentExpression(nameof(value))] string name = "") =>
        isMet ? value : throw new ArgumentOutOfRangeException(name, value, $"must be {rule}");
}
