using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Authentication.Names;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What a node knows of revoked tokens, and which sessions end because of it.</summary>
public class RevokedTokensSpecs : TestKit
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private readonly ManualTime _time = new();
    private readonly RevokedTokens _revoked;

    public RevokedTokensSpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        _revoked = new RevokedTokens(new UserNames(new NamePolicy(isSafe: true, [])), _time);

    private DateTimeOffset Present => _time.GetUtcNow();

    [Fact]
    public void Should_stop_the_token_with_the_id_and_no_other()
    {
        _revoked.Add([new TokenRevocation.Token("one", Present + s_hour)]);
        _revoked.Check(Grant("one")).ShouldBe(ErrorCode.TokenRevoked);
        _revoked.Check(Grant("two")).ShouldBe(ErrorCode.None);
        _revoked.Check(Grant(null)).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Should_stop_what_was_issued_up_to_a_time_for_a_user_in_whatever_case()
    {
        _revoked.Add([new TokenRevocation.User("Ann", Present, Present + s_hour)]);
        _revoked.Check(Grant(null)).ShouldBe(ErrorCode.TokenRevoked);
        _revoked.Check(Grant(null) with { Issued = Present + TimeSpan.FromMilliseconds(1) }).ShouldBe(ErrorCode.None);
        _revoked.Check(Grant(null) with { User = "bob" }).ShouldBe(ErrorCode.None);
        _revoked.Add([new TokenRevocation.User("ann", Present - s_hour, Present + s_hour)]);
        _revoked.Check(Grant(null)).ShouldBe(ErrorCode.TokenRevoked, "the later time stays");
    }

    [Fact]
    public void Should_forget_nothing_that_the_store_lost_before_its_time_and_everything_after_it()
    {
        _revoked.Add([new TokenRevocation.Token("one", Present + s_hour), new TokenRevocation.User("ann", Present, Present + s_hour)]);
        _time.Advance(s_hour);
        _revoked.Add([]);
        _revoked.Check(Grant("one") with { User = "bob" }).ShouldBe(ErrorCode.TokenRevoked);
        _revoked.Check(Grant(null) with { Issued = DateTimeOffset.UnixEpoch }).ShouldBe(ErrorCode.TokenRevoked);
        _time.Advance(TimeSpan.FromTicks(1));
        _revoked.Add([]);
        _revoked.Check(Grant("one") with { User = "bob" }).ShouldBe(ErrorCode.None);
        _revoked.Check(Grant(null) with { Issued = DateTimeOffset.UnixEpoch }).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Should_stop_what_was_opened_before_an_account_changed_whatever_the_clocks_say()
    {
        var check = new GrantCheck(_revoked, TimeSpan.Zero, _time);
        _revoked.Add([new TokenRevocation.Account("Ann", 5, IsClosed: false, Present + s_hour), new TokenRevocation.User("ann", Present + s_hour, Present + s_hour)]);
        check.Check(SessionGrant.OfAccount("ann", 4)).ShouldBe(ErrorCode.PasswordChanged);
        check.Check(SessionGrant.OfAccount("ann", 5)).ShouldBe(ErrorCode.None, "the times of tokens mean nothing for it");
        check.Check(SessionGrant.OfAccount("bob", 1)).ShouldBe(ErrorCode.None);
        _revoked.Add([new TokenRevocation.Account("ann", 7, IsClosed: true, Present + s_hour), new TokenRevocation.Account("ann", 6, IsClosed: false, Present + s_hour)]);
        check.Check(SessionGrant.OfAccount("ann", 6)).ShouldBe(ErrorCode.AccountClosed);
        check.Check(SessionGrant.OfAccount("ann", 7)).ShouldBe(ErrorCode.None);
        check.Check(Grant(null) with { User = "bob", Ends = Present + s_hour }).ShouldBe(ErrorCode.None);
        _time.Advance(s_hour + TimeSpan.FromTicks(1));
        _revoked.Add([]);
        check.Check(SessionGrant.OfAccount("ann", 4)).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Should_end_a_session_at_the_end_of_the_grace_and_not_before()
    {
        var check = new GrantCheck(_revoked, TimeSpan.FromSeconds(25), _time);
        var grant = Grant("one") with { Ends = Present.AddSeconds(10) };
        check.Check(null).ShouldBe(ErrorCode.None);
        _time.Advance(TimeSpan.FromSeconds(35) - TimeSpan.FromTicks(1));
        check.Check(grant).ShouldBe(ErrorCode.None);
        _time.Advance(TimeSpan.FromTicks(1));
        check.Check(grant).ShouldBe(ErrorCode.TokenExpired);
        _revoked.Add([new TokenRevocation.Token("one", Present + s_hour)]);
        check.Check(grant).ShouldBe(ErrorCode.TokenRevoked);
    }

    [Fact]
    public async Task Should_ask_the_store_again_with_the_version_that_it_knows_also_after_an_outage()
    {
        var store = new Store();
        Sys.ActorOf(Props.Create(() => new RevocationActor(store, _revoked, RevocationTimings.Standard)));
        await store.AnswerAsync(null, new RevocationsOutcome.Unavailable("away"));
        _revoked.IsKnown.ShouldBeFalse();
        await PassAsync(store);
        await store.AnswerAsync(null, new RevocationsOutcome.Known("v1", []));
        await Eventually.TrueAsync(() => _revoked.IsKnown, "the list is known");
        await PassAsync(store);
        await store.AnswerAsync("v1", new RevocationsOutcome.Unchanged());
        await PassAsync(store);
        await store.AnswerAsync("v1", new RevocationsOutcome.Known("v2", [new TokenRevocation.Token("one", Present + s_hour)]));
        await Eventually.TrueAsync(() => _revoked.Check(Grant("one")) == ErrorCode.TokenRevoked, "the node knows what was revoked");
        await PassAsync(store);
        await store.AnswerAsync("v2", new RevocationsOutcome.Unchanged());
    }

    [Fact]
    public void Should_know_within_a_second_and_end_the_session_with_what_the_listener_needs() =>
        (RevocationTimings.Standard.LookInterval + Clients.ListenerTimings.Standard.SweepInterval).ShouldBeLessThan(TimeSpan.FromSeconds(0.8));

    private static SessionGrant Grant(string? id) => new("ann", id, DateTimeOffset.UnixEpoch.AddSeconds(1), DateTimeOffset.UnixEpoch.AddDays(1));

    private Task PassAsync(Store store) => Eventually.TrueAsync(
        () =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(RevocationTimings.Standard.LookInterval);
            return store.IsAsked;
        },
        "the store is asked again");

    private sealed class Store : ITokenRevocations
    {
        private readonly System.Threading.Channels.Channel<(string? Known, TaskCompletionSource<RevocationsOutcome> Answer)> _questions =
            System.Threading.Channels.Channel.CreateUnbounded<(string?, TaskCompletionSource<RevocationsOutcome>)>();

        public bool IsAsked => _questions.Reader.Count > 0;

        public Task<RevocationsOutcome> LookAsync(string? known)
        {
            var answer = new TaskCompletionSource<RevocationsOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            _questions.Writer.TryWrite((known, answer));
            return answer.Task;
        }

        public Task<bool> RevokeAsync(TokenRevocation revocation) => throw new NotSupportedException();

        public async Task AnswerAsync(string? known, RevocationsOutcome outcome)
        {
            var question = await _questions.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
            question.Known.ShouldBe(known);
            question.Answer.SetResult(outcome);
        }
    }
}
