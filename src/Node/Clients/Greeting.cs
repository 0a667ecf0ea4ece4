namespace ChatAkka.Node.Clients;

/// <summary>Which clients are greeted. A program takes the first line as the answer to its first command, so it must not get a greeting.</summary>
internal enum Greeting
{
    /// <summary>No client is greeted.</summary>
    Off,

    /// <summary>Clients whose first line is empty are greeted: a person has pressed Enter.</summary>
    Typed,

    /// <summary>All clients are greeted when they connect. For servers that only people use.</summary>
    Always,
}
