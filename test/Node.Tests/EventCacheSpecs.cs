using ChatAkka.Node.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class EventCacheSpecs
{
    [Fact]
    public void Should_keep_its_bound_and_what_came_last_whatever_comes_and_goes() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 9], Gen.Int[0, 3]).Array[0, 400].Sample(steps =>
        {
            var (cache, model, last) = (new EventCache(30), new List<(long Number, byte[] Bytes)>(), 0L);
            foreach (var (back, size, op) in steps)
            {
                if (op == 0)
                {
                    cache.Remove(last - back);
                    model.RemoveAll(e => e.Number == last - back);
                }
                else
                {
                    var bytes = new byte[size];
                    cache.Add(++last, bytes);
                    model.Add((last, bytes));
                    while (model.Sum(e => e.Bytes.Length) > 30)
                        model.RemoveAt(0);
                }

                cache.Bytes.ShouldBe(model.Sum(e => e.Bytes.Length));
                model.ForEach(e => cache.Find(e.Number).ShouldBeSameAs(e.Bytes));
            }
        });

    [Fact]
    public void Should_drop_the_event_that_came_first_at_the_bound()
    {
        var cache = new EventCache(10);
        cache.Add(1, new byte[5]);
        cache.Add(2, new byte[5]);
        cache.Add(1, new byte[5]);
        cache.Bytes.ShouldBe(10);
        cache.Add(3, new byte[1]);
        cache.Find(1).ShouldBeNull();
        cache.Find(2).ShouldNotBeNull();
        cache.Add(4, new byte[11]);
        cache.Bytes.ShouldBe(0);
    }
}
