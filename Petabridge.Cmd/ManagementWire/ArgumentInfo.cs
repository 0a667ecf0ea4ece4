namespace ChatAkka.Management.Wire;

/// <summary>One argument of a command.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it says, one sentence.</param>
/// <param name="Switches">How it is typed, as <c>-a</c> and <c>--address</c>; none: by its place.</param>
/// <param name="IsMandatory">True if the command cannot be used without it.</param>
/// <param name="IsFlag">True for a switch without a value.</param>
/// <param name="TakesRest">True for a last one that takes all words that are left.</param>
/// <param name="Default">Its value if it is not given; null for none.</param>
/// <param name="SecretFor">If the first argument has one of these values, the client asks for this one without showing it, and takes it from no command line; null: it is no
/// secret. A client of an older version does not know this.</param>
public sealed record ArgumentInfo(
    string Name,
    string Description,
    IReadOnlyList<string> Switches,
    bool IsMandatory,
    bool IsFlag,
    bool TakesRest,
    string? Default = null,
    IReadOnlyList<string>? SecretFor = null);
