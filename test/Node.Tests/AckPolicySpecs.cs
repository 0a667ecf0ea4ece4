using ChatAkka.Node.Links;

namespace ChatAkka.Node.Tests;

public class AckPolicySpecs
{
    private readonly AckPolicy _policy = new(every: 3);

    [Fact]
    public void Should_acknowledge_at_once_what_somebody_waits_for()
    {
        _policy.Took(atOnce: true);
        _policy.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void Should_let_others_wait_for_company_but_not_beyond_its_bound()
    {
        _policy.Took(atOnce: false);
        _policy.Took(atOnce: false);
        _policy.IsDue.ShouldBeFalse();
        _policy.IsOwed.ShouldBeTrue();
        _policy.Took(atOnce: false);
        _policy.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void Should_be_due_after_the_delay_only_where_something_is_owed()
    {
        _policy.DelayIsOver();
        _policy.IsDue.ShouldBeFalse();
        _policy.Took(atOnce: false);
        _policy.DelayIsOver();
        _policy.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void Should_begin_anew_when_one_went_out()
    {
        _policy.Took(atOnce: true);
        _policy.Sent();
        _policy.IsOwed.ShouldBeFalse();
        _policy.Took(atOnce: false);
        _policy.IsDue.ShouldBeFalse();
    }
}
