using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>How a connection's session goes on when answers come early, late, twice or never.</summary>
public class SessionProgressSpecs
{
    private enum What
    {
        Claim,
        Claimed,
        ClaimedWithMailbox,
        Refused,
        Opened,
        Overdue,
        MessagesWait,
        Read,
        Stop,
        End,
    }

    [Fact]
    public void Should_answer_each_login_once_and_take_chats_only_after_the_answer_whatever_happens() =>
        Gen.Int[0, 9].Array[1, 40].Sample(events =>
        {
            var model = new Model();
            foreach (var what in events)
                model.Do((What)what);
        }, iter: 20_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_read_the_mailbox_after_the_claim_when_messages_waited_before_it_was_answered(bool readsMailbox)
    {
        var progress = new SessionProgress();
        progress.Claim();
        progress.MessagesWait().ShouldBe(SessionAction.None, "the session may be refused");
        progress.ClaimAnswered(ErrorCode.None, readsMailbox).ShouldBe(SessionAction.ReadMailbox);
        progress.IsPending.ShouldBe(readsMailbox, "the registrar has answered the login unless the mailbox is read first");
    }

    [Fact]
    public void Should_forget_that_messages_waited_for_a_login_that_was_refused()
    {
        var progress = new SessionProgress();
        progress.Claim();
        progress.MessagesWait();
        progress.ClaimAnswered(ErrorCode.NameTaken, readsMailbox: false).ShouldBe(SessionAction.Refuse);
        progress.Claim();
        progress.ClaimAnswered(ErrorCode.None, readsMailbox: false).ShouldBe(SessionAction.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_answer_a_login_when_the_mailbox_is_opened_or_overdue_and_not_again(bool isLate)
    {
        var progress = new SessionProgress();
        progress.Claim();
        progress.ClaimAnswered(ErrorCode.None, readsMailbox: true);
        (isLate ? progress.MailboxOverdue() : progress.MailboxOpened()).ShouldBe(SessionAction.Accept);
        progress.IsPending.ShouldBeFalse();
        (isLate ? progress.MailboxOpened() : progress.MailboxOverdue()).ShouldBe(SessionAction.None);
    }

    [Fact]
    public void Should_take_no_chats_and_read_nothing_more_after_its_client_stopped_reading()
    {
        var progress = new SessionProgress();
        progress.Claim();
        progress.ClaimAnswered(ErrorCode.None, readsMailbox: false);
        progress.StopTakingChats();
        progress.MessagesWait().ShouldBe(SessionAction.None);
        progress.MailboxRead().ShouldBe(SessionAction.None);
        progress.IsClaimed.ShouldBeTrue("the session is kept until its unread messages are stored");
    }

    /// <summary>What is true of a session, from what happened alone.</summary>
    private sealed class Model
    {
        private readonly SessionProgress _progress = new();
        private bool _isAsked;
        private bool _isClaimed;
        private bool _isAnswered;
        private bool _mustRead;
        private bool _isStopped;
        private bool _isEnded;

        public void Do(What what)
        {
            var action = Tell(what);
            action.ShouldBe(Expected(what), $"{what}");
            _progress.IsPending.ShouldBe(!_isEnded && (_isAsked || (_isClaimed && !_isAnswered)));
            _progress.IsClaimed.ShouldBe(_isClaimed && !_isEnded);
        }

        private SessionAction Tell(What what)
        {
            switch (what)
            {
                case What.Claimed:
                    return _progress.ClaimAnswered(ErrorCode.None, readsMailbox: false);
                case What.ClaimedWithMailbox:
                    return _progress.ClaimAnswered(ErrorCode.None, readsMailbox: true);
                case What.Refused:
                    return _progress.ClaimAnswered(ErrorCode.NameTaken, readsMailbox: false);
                case What.Opened:
                    return _progress.MailboxOpened();
                case What.Overdue:
                    return _progress.MailboxOverdue();
                case What.MessagesWait:
                    return _progress.MessagesWait();
                case What.Read:
                    return _progress.MailboxRead();
                case What.Claim:
                    _progress.Claim();
                    break;
                case What.Stop:
                    _progress.StopTakingChats();
                    break;
                case What.End:
                    _progress.End();
                    break;
            }

            return SessionAction.None;
        }

        private SessionAction Expected(What what)
        {
            if (_isEnded)
                return SessionAction.None;
            var takesChats = _isClaimed && _isAnswered && !_isStopped;
            switch (what)
            {
                case What.Claim when !_isClaimed:
                    _isAsked = true;
                    break;
                case What.Refused when _isAsked:
                    (_isAsked, _mustRead) = (false, false);
                    return SessionAction.Refuse;
                case What.Claimed or What.ClaimedWithMailbox when _isAsked:
                    var mustRead = _mustRead || what == What.ClaimedWithMailbox;
                    (_isAsked, _isClaimed, _isAnswered, _mustRead) = (false, true, what == What.Claimed, false);
                    return mustRead ? SessionAction.ReadMailbox : SessionAction.None;
                case What.Opened or What.Overdue when _isClaimed && !_isAnswered:
                    _isAnswered = true;
                    return SessionAction.Accept;
                case What.MessagesWait when _isAsked:
                    _mustRead = true;
                    break;
                case What.MessagesWait when _isClaimed && !_isStopped:
                    return SessionAction.ReadMailbox;
                case What.Read when takesChats:
                    return SessionAction.TakeChats;
                case What.Stop when takesChats:
                    _isStopped = true;
                    break;
                case What.End:
                    _isEnded = true;
                    break;
            }

            return SessionAction.None;
        }
    }
}
