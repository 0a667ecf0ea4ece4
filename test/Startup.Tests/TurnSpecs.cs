using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using ChatAkka.Runtime;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public sealed class TurnSpecs : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("turns", ConfigurationFactory.ParseString(
        """akka.actor.default-dispatcher.executor = "ChatAkka.Runtime.RunToCompletionExecutorConfigurator, ChatAkka.Runtime" """));

    private readonly ConcurrentQueue<(int Thread, bool Nested)> _runs = new();

    [Fact]
    public void Should_run_an_actor_and_those_it_tells_on_the_same_thread_when_the_turn_ends()
    {
        // An actor that is about to come to rest on another thread may be caught there: that is no fault, and passes.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var chain = Chain(8);
            _runs.Clear();
            var ranInside = 0;
            var thread = new Thread(() =>
            {
                using var turn = Turn.Begin();
                chain.Tell("go");
                ranInside = _runs.Count;
            });
            thread.Start();
            thread.Join();
            _runs.ShouldAllBe(r => !r.Nested);
            if (ranInside == 0 && _runs.Count == 8 && _runs.All(r => r.Thread == thread.ManagedThreadId))
                return;
        }

        throw new InvalidOperationException("in 100 attempts the chain never ran on the thread that told it");
    }

    [Fact]
    public async Task Should_run_everything_also_where_a_turn_has_more_to_do_than_it_may()
    {
        var actors = Enumerable.Range(0, 100).Select(_ => Chain(10)).ToList();
        using (Turn.Begin())
            actors.ForEach(a => a.Tell("go"));
        await Eventually.TrueAsync(() => _runs.Count == 1000, "every actor has run");
    }

    [Fact]
    public async Task Should_run_actors_that_are_told_something_outside_of_a_turn()
    {
        Chain(3).Tell("go");
        await Eventually.TrueAsync(() => _runs.Count == 3, "every actor has run");
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private IActorRef Chain(int length)
    {
        IActorRef next = ActorRefs.Nobody;
        for (var i = 0; i < length; i++)
        {
            var told = next;
            next = _system.ActorOf(Props.Create(() => new Link(told, _runs)));
        }

        // Every actor has started before the test begins.
        next.Ask<ActorIdentity>(new Identify(1)).Wait(Eventually.Limit);
        return next;
    }

    private sealed class Link : ReceiveActor
    {
        [ThreadStatic]
        private static bool s_isRunning;

        public Link(IActorRef next, ConcurrentQueue<(int Thread, bool Nested)> runs) => Receive<string>(text =>
        {
            runs.Enqueue((Environment.CurrentManagedThreadId, s_isRunning));
            s_isRunning = true;
            next.Tell(text);
            s_isRunning = false;
        });
    }
}
