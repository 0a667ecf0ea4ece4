namespace ChatAkka.Startup;

/// <summary>The line that says at the start how each side of a process is protected, for example
/// <c>security: clients: TLS, token; cluster: cookie; store: plain; pbm: loopback</c>.</summary>
public static class Posture
{
    /// <summary>Writes the line.</summary>
    /// <param name="parts">The sides of the process, each with its protection in a few words.</param>
    public static string Of(params IEnumerable<(string Side, string How)> parts) => $"security: {string.Join("; ", parts.Select(p => $"{p.Side}: {p.How}"))}";
}
