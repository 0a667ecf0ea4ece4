namespace ChatAkka.Startup;

/// <summary>Protections that <c>chat.sabotage</c> leaves out, so that the chaos tests prove that they would notice.</summary>
public static class Sabotage
{
    /// <summary>Nodes do not look at their tombstone.</summary>
    public const string NoTombstone = "no-tombstone";

    /// <summary>Sessions are deleted whoever holds them.</summary>
    public const string NoCompare = "no-compare";

    /// <summary>Links do not send again what was not acknowledged.</summary>
    public const string NoResend = "no-resend";

    private static readonly string[] s_all = [NoTombstone, NoCompare, NoResend];

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<string> Read(ConfigReader reader)
    {
        var list = reader.List("chat.sabotage");
        foreach (var word in list.Where(w => !s_all.Contains(w)))
            reader.Report("chat.sabotage", $"has '{word}', expected {string.Join(", ", s_all)}");
        return list;
    }
}
