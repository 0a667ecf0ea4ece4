using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests;

public class ReadBufferSpecs
{
    private readonly ReadSize _size = new();
    private readonly ReadBuffer _buffer;

    public ReadBufferSpecs()
    {
        _buffer = new ReadBuffer(_size);
        _size.AllowLarge();
    }

    [Fact]
    public void Should_stay_small_until_large_reads_are_allowed()
    {
        var size = new ReadSize();
        var buffer = new ReadBuffer(size);
        for (var i = 0; i < 100; i++)
            buffer.Take(buffer.Free.Length);
        buffer.Free.Length.ShouldBe(ReadBuffer.Smallest);
        size.AllowLarge();
        buffer.Take(buffer.Free.Length);
        buffer.Free.Length.ShouldBeGreaterThan(ReadBuffer.Smallest);
    }

    [Fact]
    public void Should_grow_to_its_bound_while_reads_fill_it()
    {
        for (var i = 0; i < 10; i++)
            _buffer.Take(_buffer.Free.Length);
        _buffer.Free.Length.ShouldBe(ReadBuffer.Largest);
    }

    [Fact]
    public void Should_become_small_again_when_little_comes()
    {
        Should_grow_to_its_bound_while_reads_fill_it();
        for (var i = 0; i < 1000; i++)
        {
            _ = _buffer.Free;
            _buffer.Take(10);
        }

        _buffer.Free.Length.ShouldBe(ReadBuffer.Smallest);
    }

    [Fact]
    public void Should_give_what_was_read_also_where_the_next_read_is_larger()
    {
        _buffer.Free.Span.Fill(7);
        _buffer.Take(_buffer.Free.Length).ToArray().ShouldAllBe(b => b == 7);
    }
}
