using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>Checks run beside the hot path, and their number is bounded.</summary>
public sealed class CredentialWorkersSpecs : IAsyncLifetime
{
    private static readonly UserName s_ann = UserName.TryCreate("ann")!;
    private readonly CredentialWorkers _workers = new(workers: 2, queueLength: 3);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _gate.TrySetResult();
        await _workers.DisposeAsync();
    }

    [Fact]
    public async Task Should_say_busy_beyond_the_queue_and_take_checks_again_when_there_is_space()
    {
        var running = new[] { RunAsync(), RunAsync() };
        await Eventually.TrueAsync(() => Volatile.Read(ref _running) == 2, "both workers are busy");
        var waiting = new[] { RunAsync(), RunAsync(), RunAsync() };
        (await RunAsync()).Error.ShouldBe(ErrorCode.Busy);
        Volatile.Read(ref _running).ShouldBe(2, "no more than two run at the same time");
        _gate.SetResult();
        foreach (var verdict in await Task.WhenAll([.. running, .. waiting]))
            verdict.IsAccepted.ShouldBeTrue();
        (await RunAsync()).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_run_no_check_on_the_thread_that_asks_while_it_asks()
    {
        var own = Environment.CurrentManagedThreadId;
        var (isAsking, blocked) = (true, 0);
        for (var i = 0; i < 100; i++)
        {
            Volatile.Write(ref isAsking, true);
            var check = _workers.RunAsync(() =>
            {
                if (Volatile.Read(ref isAsking) && Environment.CurrentManagedThreadId == own)
                    Interlocked.Increment(ref blocked);
                return new(LoginVerdict.Accept(s_ann, s_ann));
            });
            Volatile.Write(ref isAsking, false);
            await check;
            own = Environment.CurrentManagedThreadId;
        }

        blocked.ShouldBe(0);
    }

    [Fact]
    public async Task Should_go_on_when_a_check_fails()
    {
        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<InvalidOperationException>(async () => await _workers.RunAsync(() => throw new InvalidOperationException("for the test")));
        _gate.SetResult();
        (await RunAsync()).IsAccepted.ShouldBeTrue();
    }

    private Task<LoginVerdict> RunAsync() => _workers.RunAsync(async () =>
    {
        Interlocked.Increment(ref _running);
        await _gate.Task;
        Interlocked.Decrement(ref _running);
        return LoginVerdict.Accept(s_ann, s_ann);
    }).AsTask().WaitAsync(Eventually.Limit);
}
