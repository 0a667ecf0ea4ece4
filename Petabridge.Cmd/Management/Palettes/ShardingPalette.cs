using Akka.Actor;
using Akka.Cluster.Sharding;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary><c>cluster-sharding</c>: where sharded entities live.</summary>
internal sealed class ShardingPalette(PaletteTimings timings) : CommandPaletteHandler(new CommandPalette(
    "cluster-sharding",
    "Where the shards of the cluster are, for example those of the mailboxes.",
    new CommandDefinitionBuilder().WithName(ListRegions).WithDescription("Shows the shard regions of this member.").Build(),
    Define(ShowRegion, "Shows the shards of a region on every member, and how many entities they hold."),
    Define(ListShards, "Shows the shards of a region that live on this member, how many entities they hold, and the names of the first 50."),
    Define(ShardLocations, "Shows on which member each shard of a region lives.")))
{
    public const string ListRegions = "list-regions";
    public const string ShowRegion = "show-region";
    public const string ListShards = "list-shards";
    public const string ShardLocations = "shard-locations";

    public override Props HandlerProps => Props.Create(() => new ShardingPaletteActor(Palette, timings.RegionLimit));

    private static CommandDefinition Define(string name, string description) => new CommandDefinitionBuilder()
        .WithName(name)
        .WithDescription(description)
        .WithArgument(a => a.WithName("region").WithSwitch("-t").WithSwitch("--type").WithDescription("The region. It may be left out if there is only one."))
        .Build();

    /// <summary>Asks the regions.</summary>
    private sealed class ShardingPaletteActor : CommandHandlerActor
    {
        /// <summary>Entities of a shard that are named.</summary>
        private const int MostEntities = 50;

        private readonly TimeSpan _answerLimit;
        private readonly ClusterSharding _sharding = ClusterSharding.Get(Context.System);

        public ShardingPaletteActor(CommandPalette palette, TimeSpan answerLimit)
            : base(palette)
        {
            _answerLimit = answerLimit;
            Process(ListRegions, _ => Sender.Tell(new CommandAnswer.TableResponse(
                ["region"], [.. _sharding.ShardTypeNames.Order(StringComparer.Ordinal).Select(t => new System.Text.Json.Nodes.JsonNode?[] { t })])));
            Process(ShowRegion, command => Stats(command, (stats, client) => client.Tell(new CommandAnswer.TableResponse(
                ["member", "shard", "entities"],
                [
                    .. stats.Regions.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal).SelectMany(r => r.Value.Stats
                        .OrderBy(s => s.Key.PadLeft(8), StringComparer.Ordinal)
                        .Select(s => new System.Text.Json.Nodes.JsonNode?[] { r.Key.ToString(), s.Key, s.Value })),
                ]))));
            Process(ShardLocations, command => Stats(command, (stats, client) => client.Tell(new CommandAnswer.TableResponse(
                ["shard", "member"],
                [
                    .. stats.Regions.SelectMany(r => r.Value.Stats.Select(s => (Shard: s.Key, Member: r.Key)))
                        .OrderBy(s => s.Shard.PadLeft(8), StringComparer.Ordinal)
                        .Select(s => new System.Text.Json.Nodes.JsonNode?[] { s.Shard, s.Member.ToString() }),
                ]))));
            Process(ListShards, command => Ask<CurrentShardRegionState>(command, Akka.Cluster.Sharding.GetShardRegionState.Instance, (state, client) =>
                client.Tell(new CommandAnswer.TableResponse(
                    ["shard", "entities", "names"],
                    [
                        .. state.Shards.OrderBy(s => s.ShardId.PadLeft(8), StringComparer.Ordinal).Select(s => new System.Text.Json.Nodes.JsonNode?[]
                        {
                            s.ShardId, s.EntityIds.Count, string.Join(",", s.EntityIds.Order(StringComparer.Ordinal).Take(MostEntities)),
                        }),
                    ]))));
        }

        private void Stats(Command command, Action<ClusterShardingStats, IActorRef> then) =>
            Ask(command, new GetClusterShardingStats(_answerLimit), then);

        private void Ask<T>(Command command, object question, Action<T, IActorRef> then)
        {
            var client = Sender;
            var types = _sharding.ShardTypeNames;
            var type = command.Argument("region") ?? (types.Count == 1 ? types.First() : null);
            if (types.IsEmpty)
                client.Tell(new CommandAnswer.ErroredCommandResponse("this member has no shard regions: ask a member with the role node"));
            else if (type is null || !types.Contains(type))
                client.Tell(new CommandAnswer.ErroredCommandResponse($"{(type is null ? "there are several regions, so -t is needed" : $"there is no region {type}")}: {string.Join(", ", types)}"));
            else
            {
                _sharding.ShardRegion(type).Ask<T>(question, _answerLimit).ContinueWith(
                    done =>
                    {
                        if (done.IsCompletedSuccessfully)
                            then(done.Result, client);
                        else
                            client.Tell(new CommandAnswer.ErroredCommandResponse($"region {type} did not answer within {_answerLimit.TotalSeconds:0.#} s"));
                    },
                    TaskScheduler.Default);
            }
        }
    }
}
