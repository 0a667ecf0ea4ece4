using ChatAkka.Node.Transport;
using ChatAkka.Runtime.Tls;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>Which handshakes end, and when.</summary>
public sealed class HandshakeGateSpecs
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_inStorm = TransportTimings.Standard.HandshakeInStorm;
    private static readonly TimeSpan s_silence = TransportTimings.Standard.HandshakeSilence;
    private readonly ManualTimers _clock = new();
    private readonly List<Handshake> _all = [];

    [Fact]
    public void Should_give_each_its_whole_time_while_few_are_under_way_and_little_when_half_of_the_most_are()
    {
        var gate = Gate(most: 4);
        var (first, second, third) = (Begin(gate), Begin(gate), Begin(gate));
        _clock.Advance(s_inStorm - s_moment);
        Ended().ShouldBeEmpty();
        _clock.Advance(s_moment);
        Ended().ShouldBe([third]);
        _clock.Advance(s_time - s_inStorm - s_moment);
        Ended().ShouldBe([third]);
        _clock.Advance(s_moment);
        Ended().ShouldBe([first, second, third]);
    }

    [Fact]
    public void Should_give_nobody_more_time_in_a_storm_than_otherwise()
    {
        var gate = Gate(most: 2, time: s_silence);
        Begin(gate);
        Begin(gate);
        _clock.Advance(s_silence);
        Ended().Count.ShouldBe(2);
    }

    [Fact]
    public void Should_count_no_handshake_that_has_ended()
    {
        var gate = Gate(most: 2);
        for (var i = 0; i < 5; i++)
            Begin(gate, waits: true).Place.Dispose();
        var last = Begin(gate);
        _clock.Advance(s_inStorm);
        Ended().ShouldNotContain(last);
    }

    [Fact]
    public async Task Should_end_the_one_that_has_waited_longest_for_its_client_when_there_is_one_too_many()
    {
        var gate = Gate(most: 2);
        var first = Begin(gate, waits: true);
        var second = Begin(gate, waits: true);
        _clock.Advance(s_silence);
        await first.GoOnAsync();
        _clock.Advance(s_silence);
        var third = Begin(gate);
        await Eventually.TrueAsync(() => second.HasEnded, "it ended");
        (first.HasEnded, third.HasEnded).ShouldBe((false, false));

        // It counts no more, although its connection may take a moment to close.
        third.Place.Dispose();
        Begin(gate);
        first.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_end_one_of_too_many_as_soon_as_it_has_waited_for_long_enough_and_only_one()
    {
        var gate = Gate(most: 2);
        for (var i = 0; i < 3; i++)
            Begin(gate, waits: true);
        _clock.Advance(s_silence - s_moment);
        Ended().ShouldBeEmpty();
        _clock.Advance(s_moment);
        await Eventually.TrueAsync(() => Ended().Count == 1, "one ended");
        _clock.Advance(s_inStorm - s_silence - s_moment);
        Ended().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Should_end_none_that_has_what_it_needs_of_its_client_in_favour_of_another()
    {
        var gate = Gate(most: 2);
        var honest = new[] { Begin(gate), Begin(gate), Begin(gate) };
        _clock.Advance(s_silence * 2);
        Ended().ShouldBeEmpty();
        var silent = Begin(gate, waits: true);
        _clock.Advance(s_inStorm - (s_silence * 2) - s_moment);
        Ended().ShouldBeEmpty();
        honest[0].Place.Dispose();
        honest[1].Place.Dispose();
        Begin(gate);
        _clock.Advance(s_silence);
        await Eventually.TrueAsync(() => silent.HasEnded, "it ended");
    }

    private HandshakeGate Gate(int most, TimeSpan? time = null) => new(most, time ?? s_time, s_inStorm, s_silence, _clock);

    private Handshake Begin(HandshakeGate gate, bool waits = false)
    {
        var handshake = new Handshake(gate, _clock);
        if (waits)
            handshake.Wait();
        _all.Add(handshake);
        return handshake;
    }

    private List<Handshake> Ended() => _all.FindAll(h => h.HasEnded);

    private sealed class Handshake
    {
        private readonly ClientBytes _client = new();
        private readonly HandshakeStream _bytes;
        private readonly CancellationTokenSource _limit;
        private Task<int> _read = Task.FromResult(0);

        public Handshake(HandshakeGate gate, TimeProvider clock)
        {
            _bytes = new HandshakeStream(_client, new SemaphoreSlim(1), clock);
            _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
            Place = gate.Begin(_bytes, _limit);
        }

        public IDisposable Place { get; }

        public bool HasEnded => _limit.IsCancellationRequested;

        /// <summary>From now on it waits for bytes of its client.</summary>
        public void Wait() => _read = _bytes.ReadAsync(new byte[1]).AsTask();

        /// <summary>The client sends something, and the handshake waits for more.</summary>
        public async Task GoOnAsync()
        {
            _client.Send();
            await _read;
            Wait();
        }
    }
}
