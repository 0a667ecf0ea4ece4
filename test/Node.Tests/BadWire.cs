using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

/// <summary>A path between mini nodes that loses, doubles and delays frames.</summary>
internal sealed class BadWire : ReceiveActor, IWithTimers
{
    public BadWire(IReadOnlyDictionary<NodeId, MiniNode> nodes, int seed, double loss)
    {
        var random = new Random(seed);
        Receive<LinkFrame>(frame =>
        {
            var copies = random.NextDouble() < loss ? 0 : random.NextDouble() < loss ? 2 : 1;
            for (var i = 0; i < copies; i++)
            {
                if (random.NextDouble() < loss)
                    Timers.StartSingleTimer(new object(), new Late(frame), TimeSpan.FromMilliseconds(random.Next(20)));
                else
                    nodes[frame.Target].Receive(frame);
            }
        });
        Receive<Late>(late => nodes[late.Frame.Target].Receive(late.Frame));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Late(LinkFrame Frame);
}
