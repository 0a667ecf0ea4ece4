using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using ChatAkka.Authentication.Names;
using ChatAkka.EmbeddedRedis;
using ChatAkka.Management.Wire;
using ChatAkka.Persistence.Redis;
using ChatAkka.Protocol;
using ChatAkka.RedisAccess;
using ChatAkka.Relay;
using ChatAkka.Runtime;
using ChatAkka.Sessions;
using ChatAkka.Startup;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace ChatAkka.Node.Tests;

/// <summary>The order of the folders of <c>src/Node</c> and of all projects, read from the compiled assemblies: each knows only those before it.</summary>
public class LayerSpecs
{
    /// <summary>The folders of <c>src/Node</c>, lowest first; <c>src/Node/README.md</c> says what each does.</summary>
    private static readonly string[] s_layers =
        ["Telemetry", "Limits", "Transport", "Connections", "Links", "Mailboxes", "Routing", "Accounts", "Logins", "Sessions", "Clients", "Operators"];

    /// <summary>The projects of a node, lowest first.</summary>
    private static readonly Assembly[] s_projects =
    [
        typeof(NamePolicy).Assembly, typeof(Frames).Assembly, typeof(UserName).Assembly, typeof(RedisConnectionString).Assembly, typeof(RedisJournal).Assembly, typeof(RedisKeys).Assembly, typeof(EmbeddedRedisServer).Assembly, typeof(Turn).Assembly,
        typeof(ProcessHost).Assembly, typeof(Management.Chat.ChatPalette).Assembly, typeof(RelayActor).Assembly, typeof(NodeActor).Assembly,
    ];

    private static readonly Architecture s_architecture = new ArchLoader().LoadAssemblies(s_projects).Build();

    public static TheoryData<string> Layers => [.. s_layers];

    public static TheoryData<string> Projects => [.. s_projects.Select(a => a.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Should_know_only_the_layers_below_it(string layer)
    {
        var above = string.Join("|", s_layers.SkipWhile(l => l != layer).Skip(1).Select(l => $@"\.{l}(\.|$)").Append("$"));
        Types().That().ResideInNamespaceMatching(In(layer))
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($"^ChatAkka\\.Node({above})"))
            .Check(s_architecture);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Should_have_types_in_every_layer(string layer) =>
        Types().That().ResideInNamespaceMatching(In(layer)).GetObjects(s_architecture).ShouldNotBeEmpty();

    [Fact]
    public void Should_have_no_folder_that_is_no_layer() =>
        Types().That().ResideInAssembly(typeof(NodeActor).Assembly).GetObjects(s_architecture)
            .Select(t => t.Namespace.FullName).Where(n => n.StartsWith("ChatAkka.Node.", StringComparison.Ordinal)).Distinct().Order()
            .ShouldBe(s_layers.Select(l => "ChatAkka.Node." + l).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Should_use_only_the_projects_below_it(string project)
    {
        var above = s_projects.SkipWhile(a => a.GetName().Name != project).ToList();
        if (above.Count == 1)
            return;
        Types().That().ResideInAssembly(above[0])
            .Should().NotDependOnAny(Types().That().ResideInAssembly(above[1], [.. above.Skip(2)]))
            .Check(s_architecture);
    }

    [Fact]
    public void Should_know_the_host_of_pbm_only_where_a_program_is_put_together() =>
        Types().That().ResideInAssembly(typeof(NodeActor).Assembly, typeof(RelayActor).Assembly).And().DoNotHaveName("Program")
            .And().DoNotHaveNameContaining("<")
            .Should().NotDependOnAny(Types().That().ResideInAssembly(typeof(Management.Chat.ChatPalette).Assembly, typeof(Frames).Assembly))
            .Check(s_architecture);

    private static string In(string layer) => $@"^ChatAkka\.Node\.{layer}(\.|$)";
}
