using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public sealed class EndProcessStrategySpecs() : TestKit($"akka.actor.guardian-supervisor-strategy = \"{typeof(EndProcessStrategy.OfGuardian).AssemblyQualifiedName}\"")
{
    [Fact]
    public async Task Should_end_the_process_with_1_and_say_why_when_an_actor_throws_and_start_none_again()
    {
        var starts = new List<string>();
        var actor = Sys.ActorOf(Props.Create(() => new Fragile(starts, null)), "fragile");
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.Error));
        actor.Tell("broken");
        FishForMessage<Akka.Event.Error>(e => $"{e.Message}".Contains("akka://test/user/fragile failed", StringComparison.Ordinal));
        await Sys.WhenTerminated.WaitAsync(Eventually.Limit);
        CoordinatedShutdown.Get(Sys).ShutdownReason.ShouldBeOfType<ProcessHost.StoppedForGood>().ExitCode.ShouldBe(ExitCodes.Failed);
        starts.ShouldBe(["fragile"]);
    }

    [Fact]
    public async Task Should_only_stop_an_actor_that_is_expendable()
    {
        var starts = new List<string>();
        var parent = Sys.ActorOf(Props.Create(() => new Fragile(starts, child => child.Path.Name == "weak")), "parent");
        var weak = await parent.Ask<IActorRef>("weak");
        var strong = await parent.Ask<IActorRef>("strong");
        Watch(weak);
        weak.Tell("broken");
        ExpectTerminated(weak);
        CoordinatedShutdown.Get(Sys).ShutdownReason.ShouldBeNull();
        strong.Tell("broken");
        await Sys.WhenTerminated.WaitAsync(Eventually.Limit);
        starts.ShouldBe(["parent", "weak", "strong"]);
    }

    private sealed class Fragile : ReceiveActor
    {
        private readonly Func<IActorRef, bool>? _isExpendable;

        public Fragile(List<string> starts, Func<IActorRef, bool>? isExpendable)
        {
            _isExpendable = isExpendable;
            lock (starts)
                starts.Add(Self.Path.Name);
            Receive<string>(name =>
            {
                if (name == "broken")
                    throw new InvalidOperationException("broken");
                Sender.Tell(Context.ActorOf(Props.Create(() => new Fragile(starts, null)), name));
            });
        }

        protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy(_isExpendable);
    }
}
