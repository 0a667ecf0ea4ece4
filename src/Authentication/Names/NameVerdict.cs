namespace ChatAkka.Authentication.Names;

/// <summary>What a policy says about a name.</summary>
/// <remarks>It is a structure, so that a login without authentication allocates nothing for it.</remarks>
public readonly record struct NameVerdict
{
    /// <summary>The form in which the name is compared with other names; null if no client may have it. Two names with the same form are the same user.</summary>
    public string? Compared { get; private init; }

    /// <summary>Why no client may have the name, as a sentence for people; null if a client may.</summary>
    public string? Reason { get; private init; }

    /// <summary>True if a client may have the name.</summary>
    public bool IsAllowed => Reason is null;

    /// <summary>A client may have the name.</summary>
    public static NameVerdict Allow(string compared) => new() { Compared = compared };

    /// <summary>No client may have the name.</summary>
    public static NameVerdict Refuse(string reason) => new() { Reason = reason };
}
