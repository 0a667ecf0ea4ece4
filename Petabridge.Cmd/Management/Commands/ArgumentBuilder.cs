using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Commands;

/// <summary>Says what an argument of a command is.</summary>
public sealed class ArgumentBuilder
{
    private readonly List<string> _switches = [];
    private string _name = "";
    private string _description = "";
    private bool _mandatory;
    private bool _flag;
    private bool _rest;
    private string? _default;
    private string[]? _secretFor;

    /// <summary>Sets the name, by which the handler asks for it.</summary>
    public ArgumentBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    /// <summary>Sets what is shown as help, one sentence.</summary>
    public ArgumentBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    /// <summary>Adds a way to type it, as <c>-a</c> or <c>--address</c>. Without any it is known by its place.</summary>
    public ArgumentBuilder WithSwitch(string name)
    {
        _switches.Add(name);
        return this;
    }

    /// <summary>Says whether the command is nothing without it.</summary>
    public ArgumentBuilder IsMandatory(bool mandatory)
    {
        _mandatory = mandatory;
        return this;
    }

    /// <summary>Says that its switch stands alone, without a value.</summary>
    public ArgumentBuilder IsFlag()
    {
        _flag = true;
        return this;
    }

    /// <summary>Says that it takes all words that are left, as one text.</summary>
    public ArgumentBuilder TakesRest()
    {
        _rest = true;
        return this;
    }

    /// <summary>Sets the value that it has if it is not given.</summary>
    public ArgumentBuilder WithDefaultValue(string value)
    {
        _default = value;
        return this;
    }

    /// <summary>Says that the client asks for it without showing it, if the first argument has one of these values. It needs a switch.</summary>
    public ArgumentBuilder IsSecretFor(params string[] firsts)
    {
        _secretFor = firsts;
        return this;
    }

    internal ArgumentInfo Build()
    {
        if (_name.Length == 0 || _description.Length == 0)
            throw new ArgumentException("an argument needs a name and a description");
        if (_flag && _switches.Count == 0)
            throw new ArgumentException($"{_name}: a flag needs a switch");
        if (_switches.Any(s => !s.StartsWith('-') || s.Length < 2))
            throw new ArgumentException($"{_name}: a switch begins with -");
        return new ArgumentInfo(_name, _description, _switches, _mandatory, _flag, _rest, _default, _secretFor);
    }
}
