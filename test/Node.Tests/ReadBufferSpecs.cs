using ChatAkka.Node.Listening;

namespace ChatAkka.Node.Tests;

public class ReadBufferSpecs
{
    private readonly ReadBuffer _buffer = new();

    [Fact]
    public void Should_grow_to_its_bound_while_reads_fill_it()
    {
        for (var i = 0; i < 10; i++)
            _buffer.Take(_buffer.Room.Length);
        _buffer.Room.Length.ShouldBe(ReadBuffer.Largest);
    }

    [Fact]
    public void Should_become_small_again_when_little_comes()
    {
        Should_grow_to_its_bound_while_reads_fill_it();
        for (var i = 0; i < 1000; i++)
        {
            _ = _buffer.Room;
            _buffer.Take(10);
        }

        _buffer.Room.Length.ShouldBe(ReadBuffer.Smallest);
    }

    [Fact]
    public void Should_give_what_was_read_also_where_the_next_read_is_larger()
    {
        _buffer.Room.Span.Fill(7);
        _buffer.Take(_buffer.Room.Length).ToArray().ShouldAllBe(b => b == 7);
    }
}
