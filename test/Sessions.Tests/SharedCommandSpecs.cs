using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

public class SharedCommandSpecs
{
    private readonly List<(IReadOnlyList<int> Items, TaskCompletionSource<string> Answer)> _sent = [];
    private readonly SharedCommand<int, string> _command;

    public SharedCommandSpecs() => _command = new SharedCommand<int, string>(items =>
    {
        var answer = new TaskCompletionSource<string>();
        _sent.Add((items, answer));
        return answer.Task;
    });

    [Fact]
    public async Task Should_send_one_command_for_all_who_ask_while_another_is_under_way()
    {
        var first = _command.AskAsync(1);
        var (second, third) = (_command.AskAsync(2), _command.AskAsync(3));
        _sent.ShouldHaveSingleItem().Items.ShouldBe([1]);
        _sent[0].Answer.SetResult("a");
        (await first).ShouldBe("a");
        await Eventually.TrueAsync(() => _sent.Count == 2, "the next one is sent");
        second.IsCompleted.ShouldBeFalse();
        _sent[1].Items.ShouldBe([2, 3]);
        _sent[1].Answer.SetResult("b");
        (await second, await third).ShouldBe(("b", "b"));
        _ = _command.AskAsync(4);
        await Eventually.TrueAsync(() => _sent.Count == 3, "the last one is sent");
        _sent[2].Items.ShouldBe([4]);
    }

    [Fact]
    public async Task Should_tell_only_those_of_a_failure_for_whom_the_command_was_sent()
    {
        var first = _command.AskAsync(1);
        var second = _command.AskAsync(2);
        _sent[0].Answer.SetException(new InvalidOperationException());
        await Should.ThrowAsync<InvalidOperationException>(first.WaitAsync(TimeSpan.FromSeconds(5)));
        await Eventually.TrueAsync(() => _sent.Count == 2, "the next one is sent");
        _sent[1].Answer.SetResult("b");
        (await second).ShouldBe("b");
    }
}
