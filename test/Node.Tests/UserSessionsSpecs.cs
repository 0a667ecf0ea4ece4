using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>What is asked of the registry for one user, against a registry that loses answers, data and releases.</summary>
/// <remarks>Faults that the property must find: a release that never comes again, a release of the connection that holds the session, a claim of a login
/// that is gone, an abandoned claim that is not released, a live session that is not put back, two steps in flight, a login that is not answered.</remarks>
public class UserSessionsSpecs
{
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;

    [Fact]
    public void Should_make_the_registry_say_what_lives_here_whatever_happens_on_the_way() =>
        Gen.Int[0, 10].Array[1, 60].Sample(choices =>
        {
            var model = new Model();
            foreach (var choice in choices)
                model.Do(choice);
            model.Rest();
            return true;
        }, iter: 5_000);

    [Fact]
    public void Should_ask_for_the_release_before_the_next_login_and_after_it_when_the_registry_is_away()
    {
        var sessions = new UserSessions();
        var (first, second) = (Login(1), Login(2));
        sessions.Add(first);
        sessions.Next().ShouldBe(new SessionStep.Claim(first));
        sessions.NotClaimed(first, mayStand: true);
        sessions.Add(second);
        sessions.Next().ShouldBe(new SessionStep.Release(1));
        sessions.Released(1, isDone: false);
        sessions.Next().ShouldBe(new SessionStep.Claim(second));
        sessions.NotClaimed(second, mayStand: false);
        sessions.Next().ShouldBeNull();
        sessions.IsIdle.ShouldBeFalse();
        sessions.TryReleasesAgain();
        sessions.Next().ShouldBe(new SessionStep.Release(1));
        sessions.Released(1, isDone: true);
        sessions.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void Should_release_first_and_try_once_more_when_a_claim_is_refused_for_what_was_left_over()
    {
        var sessions = new UserSessions();
        var (first, second) = (Login(1), Login(2));
        sessions.Add(first);
        sessions.Next();
        sessions.NotClaimed(first, mayStand: true);
        sessions.Next();
        sessions.Released(1, isDone: false);
        sessions.Add(second);
        sessions.Next().ShouldBe(new SessionStep.Claim(second), "it does not wait for a registry that may be away");
        second.HasBegun = true;
        sessions.TryAgainAfterRelease(second, holder: 9).ShouldBeFalse("somebody else holds it");
        sessions.TryAgainAfterRelease(second, holder: 1).ShouldBeTrue();
        second.HasBegun.ShouldBeFalse();
        sessions.Next().ShouldBe(new SessionStep.Release(1));
        sessions.Released(1, isDone: false);
        sessions.Next().ShouldBe(new SessionStep.Claim(second));
        sessions.TryAgainAfterRelease(second, holder: 1).ShouldBeFalse("twice is enough");
        sessions.IsLeftover(1).ShouldBeTrue();
        sessions.NotClaimed(second, mayStand: false);
        sessions.TryReleasesAgain();
        sessions.Next();
        sessions.Released(1, isDone: true);
        sessions.IsLeftover(1).ShouldBeFalse();
        sessions.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void Should_claim_again_before_the_next_login()
    {
        var sessions = new UserSessions();
        var first = Login(1);
        sessions.Add(first);
        sessions.Next();
        sessions.Claimed(first, out _).ShouldBeTrue();
        sessions.Restore();
        sessions.Add(Login(2));
        sessions.Next().ShouldBe(new SessionStep.Restore(first.Session), "else a second login would succeed where it is to be refused");
        sessions.IsRestoring.ShouldBeTrue();
        sessions.Restored();
        sessions.IsRestoring.ShouldBeFalse();
        sessions.Next().ShouldBeOfType<SessionStep.Claim>();
    }

    [Fact]
    public void Should_give_back_a_login_that_waits_for_its_turn_and_only_that()
    {
        var sessions = new UserSessions();
        var (first, second) = (Login(1), Login(2));
        sessions.Add(first);
        sessions.Add(second);
        sessions.Next();
        sessions.End(second.Session).ShouldBeNull("its claim was not chosen yet");
        sessions.End(first.Session).ShouldBe(first);
        sessions.IsIdle.ShouldBeTrue("nothing stands in the registry");
    }

    private static Login Login(long connection) => TestLogins.Login(s_bob, connection);

    /// <summary>A registry of one user, connections that come and go, and a registrar that does the steps.</summary>
    private sealed class Model
    {
        private readonly UserSessions _sessions = new();
        private readonly List<Login> _open = [];
        private readonly HashSet<Login> _pending = [];
        private SessionStep? _inFlight;
        private long? _registry;
        private long _lastConnection;
        private long _turnedAway;
        private bool _isRestorationLost;

        public void Do(int choice)
        {
            switch (choice)
            {
                case 0 or 1:
                    LogIn(++_lastConnection);
                    break;
                case 10 when _turnedAway != 0 && _open.All(l => l.Session.Connection.Id != _turnedAway):
                    // A client that was told that the registry does not answer logs in again, on the same connection.
                    LogIn(_turnedAway);
                    break;
                case 2 when _open.Count > 0:
                    Close(_open[0]);
                    break;
                case 3 when _open.Count > 0:
                    Close(_open[^1]);
                    break;
                case 4:
                    // The registry lost its data, and the node noticed.
                    _registry = null;
                    _sessions.Restore();
                    AskNext();
                    break;
                case 5:
                    Answer(isTaken: true, isHeard: true);
                    break;
                case 6:
                    Answer(isTaken: true, isHeard: false);
                    break;
                case 7:
                    Answer(isTaken: false, isHeard: false);
                    break;
                case 8:
                    _sessions.TryReleasesAgain();
                    AskNext();
                    break;
                case 9 when _inFlight is SessionStep.Claim { Login: { } login } && !login.IsAbandoned:
                    // The registry refuses: another node holds the session.
                    _inFlight = null;
                    _sessions.NotClaimed(login, mayStand: false);
                    Answered(login);
                    _open.Remove(login);
                    AskNext();
                    break;
            }
        }

        /// <summary>The registry works from here on: in the end it says what lives here, and every login is answered.</summary>
        public void Rest()
        {
            for (var i = 0; i < 500 && !_sessions.IsIdle; i++)
            {
                _sessions.TryReleasesAgain();
                AskNext();
                Answer(isTaken: true, isHeard: true);
            }

            _sessions.IsIdle.ShouldBeTrue();

            if (_isRestorationLost)
            {
                // What is left open by a restoration that the registry did not take is settled by the next comparison.
                _sessions.Restore();
                AskNext();
                Answer(isTaken: true, isHeard: true);
            }

            _registry.ShouldBe(_sessions.Live?.Connection.Id);
            _pending.ShouldBeEmpty();
            _sessions.Live.ShouldBe(_open.LastOrDefault()?.Session);
        }

        private void LogIn(long connection)
        {
            var login = Login(connection);
            _open.Add(login);
            _pending.Add(login);
            _sessions.Add(login);
            AskNext();
        }

        private void Close(Login login)
        {
            _open.Remove(login);
            _pending.Remove(login);
            if (_sessions.End(login.Session) is { } withdrawn)
            {
                withdrawn.ShouldBe(login);
                withdrawn.HasBegun.ShouldBeFalse();
                _inFlight = null;
            }

            AskNext();
        }

        private void AskNext()
        {
            var step = _sessions.Next();
            if (step is null)
                return;
            _inFlight.ShouldBeNull("one at a time");
            _inFlight = step;
            switch (step)
            {
                case SessionStep.Claim claim:
                    _open.ShouldContain(claim.Login, "a login whose client is gone is not claimed");

                    // Some wait for their turn among the logins of other users.
                    claim.Login.HasBegun = claim.Login.Session.Connection.Id % 3 != 0;
                    break;
                case SessionStep.Restore restore:
                    restore.Session.ShouldBe(_sessions.Live);
                    break;
                case SessionStep.Release release:
                    release.Connection.ShouldNotBe(_sessions.Live?.Connection.Id ?? 0);
                    break;
            }
        }

        private void Answer(bool isTaken, bool isHeard)
        {
            var step = _inFlight;
            _inFlight = null;
            switch (step)
            {
                case SessionStep.Claim { Login: { } login }:
                    login.HasBegun = true;
                    if (isTaken)
                        _registry = login.Session.Connection.Id;
                    if (isHeard)
                    {
                        if (_sessions.Claimed(login, out var before))
                        {
                            // The earlier session is told that it was replaced, and closes.
                            if (_open.Find(l => l.Session == before) is { } old)
                                Close(old);
                        }
                    }
                    else
                    {
                        _sessions.NotClaimed(login, mayStand: true);
                        if (_open.Remove(login))
                            _turnedAway = login.Session.Connection.Id;
                    }

                    Answered(login);
                    break;
                case SessionStep.Restore restore:
                    _isRestorationLost |= !isTaken;

                    // A later claim of this node that was not released yet wins over the restoration.
                    if (isTaken && (_registry is null || _registry <= restore.Session.Connection.Id))
                        _registry = restore.Session.Connection.Id;
                    _sessions.Restored();
                    break;
                case SessionStep.Release release:
                    if (isTaken && _registry == release.Connection)
                        _registry = null;
                    _sessions.Released(release.Connection, isHeard);
                    break;
            }

            AskNext();
        }

        private void Answered(Login login) => _pending.Remove(login);
    }
}
