using ChatAkka.Node.Clients;
using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>When a connection closes, and what its client is told last.</summary>
public class ClosingProgressSpecs
{
    private enum What
    {
        LogoutJson,
        LogoutTyped,
        InputEnded,
        ReceiptsDone,
        Overflow,
        UnreadStored,
        Replaced,
        ServerClosing,
    }

    [Fact]
    public void Should_close_once_with_the_right_last_line_whatever_happens_before() =>
        Gen.Select(Gen.Int[0, 7], Gen.Bool).Array[1, 12].Sample(events =>
        {
            var model = new Model();
            foreach (var (what, hasOpenReceipts) in events)
                model.Do((What)what, hasOpenReceipts);
            model.Rest();
        }, iter: 20_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_confirm_a_logout_in_its_form_when_the_last_receipt_is_written_also_if_the_input_ends_meanwhile(bool isJson)
    {
        var closing = new ClosingProgress();
        closing.Leave(isJson, hasOpenReceipts: true).ShouldBe(new ClosingStep.AwaitReceipts());
        closing.Leave(null, hasOpenReceipts: true).ShouldBe(new ClosingStep.None());
        closing.ReceiptsDone().ShouldBe(new ClosingStep.ConfirmLogout(isJson));
    }

    [Fact]
    public void Should_close_without_a_line_when_the_input_ended_and_no_receipt_is_open() =>
        new ClosingProgress().Leave(null, hasOpenReceipts: false).ShouldBe(new ClosingStep.Close(ErrorCode.None));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_wait_for_unread_messages_rather_than_for_receipts_when_the_client_does_not_read(bool logsOutFirst)
    {
        var closing = new ClosingProgress();
        if (logsOutFirst)
            closing.Leave(true, hasOpenReceipts: true);
        closing.Overflow().ShouldBe(new ClosingStep.StoreUnread());
        if (!logsOutFirst)
            closing.Leave(true, hasOpenReceipts: false).ShouldBe(new ClosingStep.None());
        closing.ReceiptsDone().ShouldBe(new ClosingStep.None());
        closing.UnreadStored().ShouldBe(new ClosingStep.Close(ErrorCode.SlowConsumer));
    }

    /// <summary>What is true of a closing, from what happened alone.</summary>
    private sealed class Model
    {
        private readonly ClosingProgress _closing = new();
        private What? _left;
        private bool _overflowed;
        private bool _isClosed;

        public void Do(What what, bool hasOpenReceipts)
        {
            var step = Tell(what, hasOpenReceipts);
            step.ShouldBe(Expected(what, hasOpenReceipts), $"{what} with {(hasOpenReceipts ? "open receipts" : "no open receipt")}");
            if (step is ClosingStep.Close or ClosingStep.ConfirmLogout)
                _isClosed = true;
        }

        /// <summary>Time limits pass: a connection that waits for something closes, and one that does not stays open.</summary>
        public void Rest()
        {
            Do(What.ReceiptsDone, hasOpenReceipts: true);
            Do(What.UnreadStored, hasOpenReceipts: true);
            (_isClosed || (_left is null && !_overflowed)).ShouldBeTrue();
        }

        private ClosingStep Tell(What what, bool hasOpenReceipts) => what switch
        {
            What.LogoutJson => _closing.Leave(true, hasOpenReceipts),
            What.LogoutTyped => _closing.Leave(false, hasOpenReceipts),
            What.InputEnded => _closing.Leave(null, hasOpenReceipts),
            What.ReceiptsDone => _closing.ReceiptsDone(),
            What.Overflow => _closing.Overflow(),
            What.UnreadStored => _closing.UnreadStored(),
            What.Replaced => _closing.Close(ErrorCode.Replaced),
            _ => _closing.Close(ErrorCode.ServerClosing),
        };

        private ClosingStep Expected(What what, bool hasOpenReceipts)
        {
            var none = new ClosingStep.None();
            if (_isClosed)
                return none;
            switch (what)
            {
                case What.Replaced:
                    return new ClosingStep.Close(ErrorCode.Replaced);
                case What.ServerClosing:
                    return new ClosingStep.Close(ErrorCode.ServerClosing);
                case What.UnreadStored:
                    return _overflowed ? new ClosingStep.Close(ErrorCode.SlowConsumer) : none;
                case What.Overflow when !_overflowed:
                    _overflowed = true;
                    return new ClosingStep.StoreUnread();
                case What.Overflow:
                    return none;
                case What.ReceiptsDone:
                    return _left is not null && !_overflowed ? Farewell() : none;
                default:
                    if (_left is not null || _overflowed)
                        return none;
                    _left = what;
                    return hasOpenReceipts ? new ClosingStep.AwaitReceipts() : Farewell();
            }
        }

        private ClosingStep Farewell() =>
            _left == What.InputEnded ? new ClosingStep.Close(ErrorCode.None) : new ClosingStep.ConfirmLogout(_left == What.LogoutJson);
    }
}
