using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary><c>cluster</c>: shows the members of the cluster, and takes members in and out.</summary>
internal sealed class ClusterPalette(PaletteTimings timings, TimeProvider time) : CommandPaletteHandler(new CommandPalette(
    "cluster",
    "Members of the cluster.",
    Define(Show, "Shows the members: address, roles, status, unreachable or nothing, version."),
    Define(Status, "Shows this member: address, roles, status, leader, and the members that it cannot reach."),
    Define(Leader, "Shows the address of the leader."),
    Define(Join, "Makes this process join a member, if it is in no cluster yet.", mandatory: true),
    Define(Leave, "Takes a member out of the cluster in order. Its clients are told, and its process ends.", mandatory: false),
    Define(Down, "Declares a member dead. If its process lives, it ends with exit code 1.", mandatory: true),
    Define(DownUnreachable, "Declares all members dead that this member cannot reach."),
    new CommandDefinitionBuilder().WithName(Tail).WithDescription("Shows what happens to members, until Ctrl-C.").Streams().Build()))
{
    public const string Show = "show";
    public const string Status = "status";
    public const string Leader = "leader";
    public const string Join = "join";
    public const string Leave = "leave";
    public const string Down = "down";
    public const string DownUnreachable = "down-unreachable";
    public const string Tail = "tail";

    public override Props HandlerProps => Props.Create(() => new ClusterPaletteActor(Palette, timings, time));

    private static CommandDefinition Define(string name, string description, bool? mandatory = null)
    {
        var builder = new CommandDefinitionBuilder().WithName(name).WithDescription(description);
        return (mandatory is { } must
            ? builder.WithArgument(a => a.WithName("address").WithSwitch("-a").WithSwitch("--address").IsMandatory(must)
                .WithDescription("The member, as HOST:PORT or in the form that cluster show prints." + (must ? "" : " Without it: this member.")))
            : builder).Build();
    }
}
