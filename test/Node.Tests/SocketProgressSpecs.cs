using ChatAkka.Node.Clients;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>When a socket is closed by force, and when the actor of its connection ends.</summary>
public class SocketProgressSpecs
{
    private enum What
    {
        SourceReady,
        CutOff,
        SocketClosed,
        ReaderEnded,
    }

    [Fact]
    public void Should_leave_no_socket_and_no_reader_behind_whatever_the_order() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 12], Gen.Bool).Sample((events, hasReader) =>
        {
            var model = new Model(hasReader);
            foreach (var what in events)
                model.Do((What)what);
            model.Rest();
        }, iter: 20_000);

    [Fact]
    public void Should_close_a_socket_as_soon_as_its_source_is_known_when_it_was_cut_off_before()
    {
        var socket = new SocketProgress();
        socket.CutOff().ShouldBe(SocketStep.None);
        socket.SourceReady().ShouldBe(SocketStep.Abort);
        socket.SocketClosed(hasReader: false).ShouldBe(SocketStep.Stop);
        socket.SocketClosed(hasReader: false).ShouldBe(SocketStep.None);
    }

    [Fact]
    public void Should_wait_for_the_reader_when_it_may_have_a_last_acknowledgement_to_send()
    {
        var socket = new SocketProgress();
        socket.SourceReady();
        socket.SocketClosed(hasReader: true).ShouldBe(SocketStep.AwaitReader);
        socket.CutOff().ShouldBe(SocketStep.None, "the socket is closed");
        socket.ReaderEnded().ShouldBe(SocketStep.Stop);
    }

    /// <summary>A connection's actor that does the steps.</summary>
    private sealed class Model(bool hasReader)
    {
        private readonly SocketProgress _socket = new();
        private bool _isKnown;
        private bool _isCutOff;
        private bool _isAborted;
        private bool _isAwaiting;
        private bool _isStopped;

        public void Do(What what)
        {
            switch (what)
            {
                case What.SourceReady when !_isKnown:
                    _isKnown = true;
                    Act(_socket.SourceReady(), mayAbort: _isCutOff);
                    break;
                case What.CutOff:
                    _isCutOff = true;
                    Act(_socket.CutOff(), mayAbort: _isKnown);
                    break;
                case What.SocketClosed when _isKnown:
                    Act(_socket.SocketClosed(hasReader), mayAbort: false);
                    (_isStopped || _isAwaiting).ShouldBeTrue();
                    break;
                case What.ReaderEnded when _isAwaiting:
                    Act(_socket.ReaderEnded(), mayAbort: false);
                    _isStopped.ShouldBeTrue();
                    break;
            }
        }

        /// <summary>The source becomes known in the end, others need the place, and the reader ends.</summary>
        public void Rest()
        {
            Do(What.CutOff);
            Do(What.SourceReady);
            (_isStopped || _isAwaiting).ShouldBeTrue("the socket is closed by force");
            Do(What.ReaderEnded);
            _isStopped.ShouldBeTrue();
        }

        private void Act(SocketStep step, bool mayAbort)
        {
            switch (step)
            {
                case SocketStep.Abort:
                    (mayAbort && !_isAborted && !_isStopped && !_isAwaiting).ShouldBeTrue("it has a source, and is aborted once");
                    _isAborted = true;
                    Act(_socket.SocketClosed(hasReader), mayAbort: false);
                    break;
                case SocketStep.AwaitReader:
                    (hasReader && !_isAwaiting && !_isStopped).ShouldBeTrue();
                    _isAwaiting = true;
                    break;
                case SocketStep.Stop:
                    (!_isStopped && _isKnown && hasReader == _isAwaiting).ShouldBeTrue("once, with a known socket, after the reader");
                    _isStopped = true;
                    break;
            }
        }
    }
}
