namespace ChatAkka.Management.Wire;

/// <summary>One command, as the client shows and completes it.</summary>
/// <param name="Name">What is typed behind the palette's name.</param>
/// <param name="Description">What it does, one sentence.</param>
/// <param name="Arguments">Its arguments; those without a switch in the order in which they are typed.</param>
/// <param name="Streams">True if answers come until the command is cancelled.</param>
public sealed record CommandInfo(string Name, string Description, IReadOnlyList<ArgumentInfo> Arguments, bool Streams);
