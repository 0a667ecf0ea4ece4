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
    public async Task Should_take_renewals_before_logins_that_wait()
    {
        await using var one = new CredentialWorkers(workers: 1, queueLength: 3);
        using var gate = new ManualResetEventSlim();
        var order = new List<string>();
        var running = NoteAsync("first", default, () => gate.Wait(Eventually.Limit));
        await Eventually.TrueAsync(() => order.Count == 1, "the worker is busy");
        var waiting = Enumerable.Range(0, 3).Select(_ => NoteAsync("login", default)).ToList();
        (await NoteAsync("login", default)).Error.ShouldBe(ErrorCode.Busy);
        var renewal = NoteAsync("renewal", new LoginRequest(null, null, System.Net.IPAddress.Loopback, Renews: true));
        gate.Set();
        await Task.WhenAll([running, renewal, .. waiting]);
        order.ShouldBe(["first", "renewal", "login", "login", "login"]);

        Task<LoginVerdict> NoteAsync(string what, LoginRequest request, Action? then = null) => one.RunAsync(
            () =>
            {
                order.Add(what);
                then?.Invoke();
                return new(LoginVerdict.Accept(s_ann, s_ann));
            },
            request).AsTask().WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Should_not_check_for_a_connection_that_is_gone()
    {
        var login = TestLogins.Login(s_ann, 1);
        var connection = login.Session.Connection;
        var checks = 0;
        var running = new[] { RunAsync(), RunAsync() };
        await Eventually.TrueAsync(() => Volatile.Read(ref _running) == 2, "both workers are busy");
        var check = _workers.RunAsync(
            () =>
            {
                checks++;
                return new(LoginVerdict.Accept(s_ann, s_ann));
            },
            new LoginRequest(s_ann, null, System.Net.IPAddress.Loopback, connection));
        connection.Leave();
        _gate.SetResult();
        await Task.WhenAll(running);
        (await check).IsAccepted.ShouldBeFalse();
        checks.ShouldBe(0);
    }

    [Fact]
    public async Task Should_run_checks_on_threads_of_its_own()
    {
        var (isPool, name) = (true, "");
        _gate.SetResult();
        await _workers.RunAsync(() =>
        {
            (isPool, name) = (Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.Name ?? "");
            return new(LoginVerdict.Accept(s_ann, s_ann));
        });
        isPool.ShouldBeFalse();
        name.ShouldStartWith("login worker");
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
