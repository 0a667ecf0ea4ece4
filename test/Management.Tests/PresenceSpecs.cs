using ChatAkka.Management.Chat;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Tests;

/// <summary>What is said of a user of whom the registry knows much, little, or nothing.</summary>
public class PresenceSpecs
{
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly SessionRecord s_session = new(new SessionOwner(new NodeId("here", 4053, 1), 7), 1, "plain");
    private static readonly SessionEvent s_event = new(1, SessionEvent.Released, "by here:4053 connection 7");

    [Fact]
    public void Should_name_the_user_whatever_is_known()
    {
        Presence.Describe(s_bob, s_session, [], s_day).ShouldBe("bob is logged in on here:4053");
        Presence.Describe(s_bob, null, [s_event], s_day).ShouldBe("bob is not logged in");
        Presence.Describe(s_bob, null, [], s_day).ShouldBe("bob is not logged in, and was not in the last 24 hours");
    }

    [Theory]
    [InlineData(60, "60 seconds")]
    [InlineData(120, "2 minutes")]
    [InlineData(90 * 60, "90 minutes")]
    [InlineData(150 * 60, "2.5 hours")]
    [InlineData(7 * 24 * 3600, "7 days")]
    public void Should_say_for_how_long_nothing_is_known_as_it_is_set(int seconds, string time) =>
        Presence.Describe(s_bob, null, [], TimeSpan.FromSeconds(seconds)).ShouldBe("bob is not logged in, and was not in the last " + time);

    [Fact]
    public async Task Should_take_no_name_for_wrong_where_earlier_sessions_are_not_recorded()
    {
        Presence.Describe(s_bob, null, [], null).ShouldBe("bob is not logged in; earlier sessions are not recorded (chat.redis.session-history = off)");
        (await Presence.HintAsync(new Registry(new FindOutcome.NotFound(), []) { EventsAge = null }, s_bob)).ShouldBeNull();
    }

    [Fact]
    public async Task Should_hint_that_a_name_may_be_wrong_only_where_nothing_is_known_of_it()
    {
        const string Hint = "nobody was logged in as bob in the last 24 hours: the message waits for the next login under this name";
        (await Presence.HintAsync(new Registry(new FindOutcome.NotFound(), []), s_bob)).ShouldBe(Hint);
        (await Presence.HintAsync(new Registry(new FindOutcome.NotFound(), [s_event]), s_bob)).ShouldBeNull();
        (await Presence.HintAsync(new Registry(new FindOutcome.Found(s_session), []), s_bob)).ShouldBeNull();
    }

    [Fact]
    public async Task Should_give_no_hint_where_the_registry_does_not_answer()
    {
        (await Presence.HintAsync(new Registry(new FindOutcome.Unavailable("away"), []), s_bob)).ShouldBeNull();
        (await Presence.HintAsync(new Registry(new FindOutcome.NotFound(), null), s_bob)).ShouldBeNull();
    }

    private sealed class Registry(FindOutcome session, IReadOnlyList<SessionEvent>? events) : ISessionRegistry
    {
        public TimeSpan? EventsAge { get; init; } = s_day;

        public Task<FindOutcome> FindAsync(UserName user) => Task.FromResult(session);

        public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) =>
            events is null ? throw new TimeoutException("away") : Task.FromResult(events);

        public Task<AttendOutcome> AttendAsync(NodeId node) => throw new NotSupportedException();

        public Task RemoveNodeAsync(NodeId node) => throw new NotSupportedException();

        public Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
            throw new NotSupportedException();

        public Task<bool> ReleaseAsync(UserName user, SessionOwner owner) => throw new NotSupportedException();

        public Task<IReadOnlyList<NodeId>> NodesAsync() => throw new NotSupportedException();

        public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term) => throw new NotSupportedException();

        public Task<long> NextTermAsync(long now) => throw new NotSupportedException();
    }
}
