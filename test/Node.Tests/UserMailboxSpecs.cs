using ChatAkka.Node.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class UserMailboxSpecs
{
    /// <summary>Whatever is added, removed and moved: the mailbox is a list in the order of the numbers.</summary>
    [Fact]
    public void Should_be_a_sorted_list_whatever_comes() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 60], Gen.Int[1, 9]).Array[0, 200].Sample(steps =>
        {
            var (mailbox, model, last) = (new UserMailbox(), new List<MessagePlace>(), 0L);
            foreach (var (op, a, b) in steps)
            {
                switch (op)
                {
                    case < 5:
                        last += b;
                        var message = new MessagePlace(last, a % 6, a, b, (uint)a, a % 3);
                        mailbox.Add(message);
                        model.Add(message);
                        break;
                    case < 8:
                        var upTo = model.Count == 0 ? a : model[a % model.Count].Number;
                        while (mailbox.TryRemoveFirst(upTo, out var removed))
                        {
                            removed.ShouldBe(model[0]);
                            model.RemoveAt(0);
                        }

                        break;
                    case 8:
                        var moved = new MessagePlace(last - (a % 10), 99, a, b + 1, (uint)a, 1);
                        var at = model.FindIndex(m => m.Number == moved.Number);
                        mailbox.Move(moved).ShouldBe(at < 0 ? null : model[at]);
                        if (at >= 0)
                            model[at] = moved;
                        break;
                    default:
                        mailbox.RemoveAll(a % 6).OrderBy(m => m.Number).ShouldBe(model.Where(m => m.Event == a % 6));
                        model.RemoveAll(m => m.Event == a % 6);
                        break;
                }

                mailbox.Messages.ToArray().ShouldBe(model);
                mailbox.Count.ShouldBe(model.Count);
                mailbox.Bytes.ShouldBe(model.Sum(m => m.Length));
                mailbox.Last.ShouldBe(model.Count == 0 ? 0 : model[^1].Number);
                mailbox.After(last - a).ShouldBe(model.Count(m => m.Number <= last - a));
                mailbox.ShareOf(1).ShouldBe((model.Count(m => m.Sender == 1), model.Where(m => m.Sender == 1).Sum(m => m.Length)));
            }
        });

    [Fact]
    public void Should_refuse_a_number_that_is_not_above_the_last_one()
    {
        var mailbox = new UserMailbox();
        mailbox.Add(new MessagePlace(5, 1, 0, 1, 0, 0));
        Should.Throw<ArgumentException>(() => mailbox.Add(new MessagePlace(5, 1, 0, 1, 0, 0)));
        Should.Throw<ArgumentException>(() => mailbox.Add(new MessagePlace(4, 1, 0, 1, 0, 0)));
        mailbox.Count.ShouldBe(1);
    }

    [Fact]
    public void Should_be_forgettable_only_when_nothing_waits_and_nobody_reads()
    {
        var mailbox = new UserMailbox();
        mailbox.IsForgettable.ShouldBeTrue();
        mailbox.Reader = new MailboxReader(MailboxData.Pull(1).Reader, true);
        mailbox.IsForgettable.ShouldBeFalse();
        mailbox.Reader = null;
        mailbox.Add(new MessagePlace(5, 1, 0, 1, 0, 0));
        mailbox.IsForgettable.ShouldBeFalse();
    }
}
