using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Commands;

/// <summary>Says what a command is. docs/palettes.md has a whole palette.</summary>
public sealed class CommandDefinitionBuilder
{
    private readonly List<ArgumentInfo> _arguments = [];
    private string _name = "";
    private string _description = "";
    private bool _streams;

    /// <summary>Sets the name.</summary>
    public CommandDefinitionBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    /// <summary>Sets what is shown as help, one sentence.</summary>
    public CommandDefinitionBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    /// <summary>Adds an argument.</summary>
    public CommandDefinitionBuilder WithArgument(Func<ArgumentBuilder, ArgumentBuilder> configure)
    {
        _arguments.Add(configure(new ArgumentBuilder()).Build());
        return this;
    }

    /// <summary>Says that answers come until the client cancels, or the handler is done; there is no time limit then.</summary>
    public CommandDefinitionBuilder Streams()
    {
        _streams = true;
        return this;
    }

    /// <summary>Makes the definition.</summary>
    /// <exception cref="ArgumentException">Something is missing, or two things collide.</exception>
    public CommandDefinition Build()
    {
        if (_name.Length == 0 || _description.Length == 0)
            throw new ArgumentException("a command needs a name and a description");
        if (_arguments.SelectMany(a => a.Switches).GroupBy(s => s).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{_name}: two arguments have the switch {twice.Key}");
        var byPlace = _arguments.Where(a => a.Switches.Count == 0).ToList();
        if (byPlace.SkipLast(1).Any(a => a.TakesRest || !a.IsMandatory))
            throw new ArgumentException($"{_name}: only the last argument without a switch may be left out, or take the rest of the line");
        return new CommandDefinition(new CommandInfo(_name, _description, _arguments, _streams));
    }
}
