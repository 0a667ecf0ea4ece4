using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Tests;

/// <summary>What is typed behind a command: read, or refused with a reason.</summary>
public class CommandSpecs
{
    private static readonly CommandDefinition s_definition = new CommandDefinitionBuilder()
        .WithName("drain")
        .WithDescription("Drains.")
        .WithArgument(a => a.WithName("node").IsMandatory(true).WithDescription("The node."))
        .WithArgument(a => a.WithName("pace").WithSwitch("-p").WithSwitch("--pace").WithDefaultValue("50").WithDescription("The pace."))
        .WithArgument(a => a.WithName("force").WithSwitch("--force").IsFlag().WithDescription("Anyhow."))
        .Build();

    private static readonly CommandDefinition s_talk = new CommandDefinitionBuilder()
        .WithName("send")
        .WithDescription("Sends.")
        .WithArgument(a => a.WithName("user").IsMandatory(true).WithDescription("The user."))
        .WithArgument(a => a.WithName("text").IsMandatory(true).TakesRest().WithDescription("The text."))
        .Build();

    [Theory]
    [InlineData("n1", "n1", "50", false)]
    [InlineData("-p 7 n1", "n1", "7", false)]
    [InlineData("n1 --pace=9 --force", "n1", "9", true)]
    [InlineData("--force n1", "n1", "50", true)]
    public void Should_read_arguments_by_place_and_by_switch(string typed, string node, string pace, bool force)
    {
        var command = Command.TryParse("chat", s_definition.Info, typed.Split(' '), out var problem);

        problem.ShouldBeNull();
        command!.Argument("node").ShouldBe(node);
        command.Argument("pace").ShouldBe(pace);
        command.Has("force").ShouldBe(force);
    }

    [Theory]
    [InlineData("", "chat drain needs NODE: The node.")]
    [InlineData("n1 n2", "chat drain has no argument for 'n2'")]
    [InlineData("n1 --nope", "chat drain has no switch --nope")]
    [InlineData("n1 -p", "-p needs a value: The pace.")]
    [InlineData("n1 -p 1 --pace 2", "--pace is given twice")]
    public void Should_say_what_is_wrong(string typed, string expected)
    {
        Command.TryParse("chat", s_definition.Info, typed.Split(' ', StringSplitOptions.RemoveEmptyEntries), out var problem).ShouldBeNull();
        problem.ShouldBe(expected);
    }

    [Fact]
    public void Should_give_all_that_is_left_to_the_last_argument()
    {
        Command.TryParse("chat", s_talk.Info, ["bob", "-", "--force", "is", "no", "switch"], out var problem)!.Argument("text").ShouldBe("- --force is no switch");
        problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("1", 1)]
    [InlineData("10", 10)]
    [InlineData("11", null)]
    [InlineData("-1", null)]
    [InlineData("x", null)]
    public void Should_take_whole_numbers_within_their_limits(string pace, int? number) =>
        Command.TryParse("chat", s_definition.Info, ["n1", $"--pace={pace}"], out _)!.Number("pace", 1, 10).ShouldBe(number);

    [Fact]
    public void Should_not_build_what_makes_no_sense()
    {
        Should.Throw<ArgumentException>(() => new CommandDefinitionBuilder().WithName("x").Build());
        Should.Throw<ArgumentException>(() => new CommandDefinitionBuilder().WithArgument(a => a.WithName("x").WithDescription("d").IsFlag()));
        Should.Throw<ArgumentException>(() => Twice("-x").Build());

        static CommandDefinitionBuilder Twice(string name) => new CommandDefinitionBuilder().WithName("c").WithDescription("d")
            .WithArgument(a => a.WithName("a").WithDescription("d").WithSwitch(name))
            .WithArgument(a => a.WithName("b").WithDescription("d").WithSwitch(name));
    }
}
