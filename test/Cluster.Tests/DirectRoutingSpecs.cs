namespace ChatAkka.Cluster.Tests;

/// <summary>The same without the relay between the nodes.</summary>
public class DirectRoutingSpecs(DirectRoutingSpecs.Pair pair) : IClassFixture<DirectRoutingSpecs.Pair>
{
    [Fact]
    public async Task Should_deliver_20000_chats_without_pause_to_a_recipient_not_looked_up_before() =>
        await ChatSpecs.Flood(pair, "alice", "bob");

    public sealed class Pair : PairFixture
    {
        private readonly TestSupport.TempFolder _folder = new();

        protected override string[] Arguments
        {
            get
            {
                var file = Path.Combine(_folder.Path, "direct.conf");
                File.WriteAllText(file, "chat.routing = direct");
                return ["--config", file];
            }
        }

        protected override string PathWord => "from node to node, as set";

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
