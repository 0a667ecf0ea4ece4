using ChatAkka.Node.Links;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>When a link sends again, counted in its checks.</summary>
public class ResendPolicySpecs
{
    [Fact]
    public void Should_send_again_with_exponential_back_off_when_nothing_is_acknowledged()
    {
        var policy = new ResendPolicy(mostDoublings: 3);
        var due = Enumerable.Range(0, 40).Where(_ => policy.IsDue(isWaiting: true, acknowledged: 7)).ToList();
        due.ShouldBe([1, 3, 7, 15, 23, 31, 39]);
    }

    /// <summary>The rule as a formula: how many checks there were since the last progress says whether one is due.</summary>
    [Fact]
    public void Should_begin_again_when_something_is_acknowledged_or_nothing_waits() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 9], Gen.Int[0, 2]).Array[1, 12].Select(Gen.Int[0, 4]).Sample((phases, mostDoublings) =>
        {
            var policy = new ResendPolicy(mostDoublings);
            var acknowledged = 0L;
            var isFresh = true;
            foreach (var (kind, checks, more) in phases)
            {
                if (kind == 0)
                {
                    policy.IsDue(isWaiting: false, acknowledged).ShouldBeFalse();
                    isFresh = true;
                }

                isFresh |= more > 0;
                acknowledged += more;
                if (!isFresh)
                    continue;
                isFresh = false;
                var times = checks * kind;
                for (var check = 0; check <= times; check++)
                    policy.IsDue(isWaiting: true, acknowledged).ShouldBe(IsDue(check, mostDoublings));
            }

            return true;
        }, iter: 5_000);

    /// <summary>The first resend is at the first check without progress; then the pauses are 2, 4, 8 and so on, up to the bound.</summary>
    private static bool IsDue(int check, int mostDoublings)
    {
        var (next, pause) = (1, 1);
        while (next < check)
        {
            pause = Math.Min(pause * 2, 1 << mostDoublings);
            next += pause;
        }

        return next == check;
    }
}
