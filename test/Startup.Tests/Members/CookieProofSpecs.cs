using System.IO.Pipelines;
using ChatAkka.Runtime.Proof;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

/// <summary>The messages of the proof, without sockets. A test plays one side, or stands between the two.</summary>
public sealed class CookieProofSpecs
{
    private const string A = "127.0.0.1:1001";
    private const string B = "127.0.0.1:1002";

    private readonly string _text = TestCookie.New();

    [Fact]
    public async Task Should_end_well_for_both_sides_with_the_same_cookie_and_tell_who_dialled()
    {
        var (near, far) = Pair();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await Of(_text).DialAsync(near, A, B, default).WaitAsync(Eventually.Limit);
        (await accepted).ShouldBe(A);
    }

    [Fact]
    public async Task Should_leave_every_byte_after_the_proof_to_the_next_reader()
    {
        var (near, far) = Pair();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await Of(_text).DialAsync(near, A, B, default).WaitAsync(Eventually.Limit);
        await accepted;
        await near.WriteAsync("payload"u8.ToArray());
        var bytes = new byte[7];
        await far.ReadExactlyAsync(bytes).AsTask().WaitAsync(Eventually.Limit);
        bytes.ShouldBe("payload"u8.ToArray());
    }

    [Fact]
    public async Task Should_find_the_cookie_that_both_have_during_a_change()
    {
        var (now, next) = (_text, TestCookie.New());
        foreach (var (dialling, dialled) in new[] { ($"{now}", $"{now} {next}"), ($"{now} {next}", now), ($"{next}", $"{now} {next}"), ($"{now} {next}", next) })
        {
            var (near, far) = Pair();
            var accepted = Of(dialled).AcceptAsync(far, B, _ => true, default);
            await Of(dialling).DialAsync(near, A, B, default).WaitAsync(Eventually.Limit);
            await accepted;
        }
    }

    [Fact]
    public async Task Should_refuse_a_member_with_another_cookie_without_one_and_one_that_has_none_but_only_in_transition_take_it()
    {
        (await RefusalOfDialled(Of(_text), Of(TestCookie.New()))).ShouldBe(Refusal.OtherCookie);
        (await RefusalOfDialled(Of(_text), None)).ShouldBe(Refusal.CookieNeeded);
        var (near, far) = Pair();
        var accepted = Of(_text, isTransition: true).AcceptAsync(far, B, _ => true, default);
        await None.DialAsync(near, A, B, default).WaitAsync(Eventually.Limit);
        (await accepted).ShouldBe(A);
    }

    [Fact]
    public async Task Should_not_be_content_with_a_member_that_was_dialled_and_proves_nothing()
    {
        var (near, far) = Pair();
        var accepted = None.AcceptAsync(far, B, _ => true, default);
        (await Should.ThrowAsync<RefusedException>(() => Of(_text).DialAsync(near, A, B, default))).Reason.ShouldBe(Refusal.CookieNeeded);
        await near.DisposeAsync();
        await Should.ThrowAsync<EndOfStreamException>(() => accepted);
    }

    [Fact]
    public async Task Should_not_be_content_with_who_knows_only_the_id_of_the_cookie()
    {
        // Dialled: the stranger gives the id back that it was told, and no proof.
        var (near, far) = Pair();
        var dialled = Of(_text).DialAsync(near, A, B, default);
        var hello = ProofWire.ReadHello(await ReadAsync(far))!.Value;
        await far.WriteAsync(ProofWire.Message(ProofWire.Kind.Challenge, [.. new byte[32], .. hello.CookieIds[0], .. new byte[32]]));
        (await Should.ThrowAsync<RefusedException>(() => dialled)).Reason.ShouldBe(Refusal.WrongProof);

        // Dialling: it says hello with that id.
        (near, far) = Pair();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await near.WriteAsync(ProofWire.Message(ProofWire.Kind.Hello, [.. new byte[32], .. Text(A), .. Text(B), 1, .. hello.CookieIds[0]]));
        await ReadAsync(near);
        await near.WriteAsync(ProofWire.Message(ProofWire.Kind.Proof, new byte[32]));
        (await Should.ThrowAsync<RefusedException>(() => accepted)).Reason.ShouldBe(Refusal.WrongProof);
    }

    [Fact]
    public async Task Should_refuse_its_own_proof_when_it_is_reflected()
    {
        // The dialled side gets the proof back that it gave itself.
        var (near, far) = Pair();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await near.WriteAsync(ProofWire.Message(ProofWire.Kind.Hello, ProofWire.Hello(new byte[32], A, B, Cookie.ReadAll(_text))));
        var challenge = await ReadAsync(near);
        await near.WriteAsync(ProofWire.Message(ProofWire.Kind.Proof, challenge.AsSpan(40)));
        (await Should.ThrowAsync<RefusedException>(() => accepted)).Reason.ShouldBe(Refusal.WrongProof);
    }

    [Fact]
    public async Task Should_not_prove_the_cookie_to_who_sends_its_own_hello_back_or_one_for_another_member()
    {
        // A dials a stranger, which sends the hello to A, or to C, to let them answer it.
        var (near, stranger) = Pair();
        _ = Of(_text).DialAsync(near, A, B, default);
        var hello = await ReadAsync(stranger);
        foreach (var self in new[] { A, "127.0.0.1:1003" })
        {
            var (toVictim, victim) = Pair();
            var accepted = Of(_text).AcceptAsync(victim, self, _ => true, default);
            await toVictim.WriteAsync(ProofWire.Message(ProofWire.Kind.Hello, hello));
            (await Should.ThrowAsync<RefusedException>(() => accepted)).Reason.ShouldBe(Refusal.OtherAddress);
        }
    }

    [Fact]
    public async Task Should_refuse_a_recorded_connection_that_is_replayed()
    {
        var (near, far) = Pair();
        using var recorded = new MemoryStream();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await Of(_text).DialAsync(new Recorder(near, recorded), A, B, default).WaitAsync(Eventually.Limit);
        await accepted;

        (near, far) = Pair();
        accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await near.WriteAsync(recorded.ToArray());
        (await Should.ThrowAsync<RefusedException>(() => accepted)).Reason.ShouldBe(Refusal.WrongProof);
    }

    [Fact]
    public async Task Should_refuse_a_recorded_answer_that_is_replayed_to_who_dials()
    {
        var (near, far) = Pair();
        using var recorded = new MemoryStream();
        var accepted = Of(_text).AcceptAsync(new Recorder(far, recorded), B, _ => true, default);
        await Of(_text).DialAsync(near, A, B, default).WaitAsync(Eventually.Limit);
        await accepted;

        (near, far) = Pair();
        var dialled = Of(_text).DialAsync(near, A, B, default);
        await far.WriteAsync(recorded.ToArray());
        (await Should.ThrowAsync<RefusedException>(() => dialled)).Reason.ShouldBe(Refusal.WrongProof);
    }

    [Fact]
    public async Task Should_notice_each_byte_of_either_side_that_changes_on_the_way()
    {
        // The bodies of the hello and of the challenge: random bytes, addresses, id and proof.
        var hello = ProofWire.Hello(new byte[32], A, B, Cookie.ReadAll(_text)).Length;
        foreach (var at in Enumerable.Range(ProofWire.HeaderBytes, hello).Concat(Enumerable.Range(2 * ProofWire.HeaderBytes + hello, 72)))
        {
            var (near, far) = Pair();
            using var stop = new CancellationTokenSource();
            var accepted = Of(_text).AcceptAsync(new Changed(far, at), B, _ => true, stop.Token);
            var dialled = Of(_text).DialAsync(near, A, B, stop.Token);
            var first = await Task.WhenAny(accepted, dialled).WaitAsync(Eventually.Limit);
            await Should.ThrowAsync<Exception>(() => first);
            await stop.CancelAsync();
            await Should.ThrowAsync<Exception>(() => Task.WhenAll(accepted, dialled));
        }
    }

    [Fact]
    public async Task Should_read_no_more_than_a_kilobyte_of_a_stranger()
    {
        var (near, far) = Pair();
        var accepted = Of(_text).AcceptAsync(far, B, _ => true, default);
        await near.WriteAsync(new byte[] { (byte)'C', (byte)'A', (byte)'K', 0xF1, 1, 0x01, 0x04 });
        (await Should.ThrowAsync<RefusedException>(() => accepted)).Reason.ShouldBe(Refusal.NotUnderstood);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[0])]
    public void Should_refuse_a_hello_of_another_form(byte[] body)
    {
        ProofWire.ReadHello(body).ShouldBeNull();
        ProofWire.ReadHello([.. new byte[32], .. body]).ShouldBeNull();
        var whole = ProofWire.Hello(new byte[32], A, B, Cookie.ReadAll(_text));
        ProofWire.ReadHello([.. whole, .. body, 0]).ShouldBeNull();
        for (var length = 0; length < whole.Length; length++)
            ProofWire.ReadHello(whole.AsSpan(0, length)).ShouldBeNull();
    }

    private static CookieProof None => new([], mayGoWithout: false);

    private static CookieProof Of(string text, bool isTransition = false) => new(Cookie.ReadAll(text), isTransition);

    private static byte[] Text(string text) => [(byte)text.Length, 0, .. System.Text.Encoding.UTF8.GetBytes(text)];

    private static async Task<Refusal> RefusalOfDialled(CookieProof dialled, CookieProof dialling)
    {
        var (near, far) = Pair();
        _ = dialling.DialAsync(near, A, B, default);
        return (await Should.ThrowAsync<RefusedException>(() => dialled.AcceptAsync(far, B, _ => true, default))).Reason;
    }

    private static async Task<byte[]> ReadAsync(Stream peer)
    {
        var header = new byte[ProofWire.HeaderBytes];
        await peer.ReadExactlyAsync(header).AsTask().WaitAsync(Eventually.Limit);
        var body = new byte[ProofWire.Header(header)!.Value.Length];
        await peer.ReadExactlyAsync(body).AsTask().WaitAsync(Eventually.Limit);
        return body;
    }

    /// <summary>Two ends of a connection in memory.</summary>
    private static (Stream Near, Stream Far) Pair()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new End(back.Reader, there.Writer), new End(there.Reader, back.Writer));
    }

    private class End(PipeReader reader, PipeWriter writer) : Through(reader.AsStream())
    {
        private readonly Stream _write = writer.AsStream();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _write.WriteAsync(buffer, cancellationToken);
            await _write.FlushAsync(cancellationToken);
        }

        protected override void Dispose(bool disposing) => _write.Dispose();
    }

    /// <summary>Keeps what is written.</summary>
    private sealed class Recorder(Stream inner, MemoryStream into) : Through(inner)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            into.Write(buffer.Span);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }

    /// <summary>Changes one byte of all that passes, in the order in which it passes.</summary>
    private sealed class Changed(Stream inner, int at) : Through(inner)
    {
        private int _passed;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            Change(buffer.Span[..count]);
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var copy = buffer.ToArray();
            Change(copy);
            return base.WriteAsync(copy, cancellationToken);
        }

        private void Change(Span<byte> bytes)
        {
            if (at >= _passed && at < _passed + bytes.Length)
                bytes[at - _passed] ^= 1;
            _passed += bytes.Length;
        }
    }

    private class Through(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
