using System.Globalization;

namespace ChatAkka.Protocol;

/// <summary>The id of one incarnation (one start) of a node: the address of its cluster endpoint, and a uid that is new for each start.</summary>
/// <remarks>The text form is <c>host:port#uid</c>. A restarted node has another uid, so it counts as another node: a message to the
/// old one never reaches the new one (seed defect 4).</remarks>
/// <param name="Host">Host name or address of the cluster endpoint, as the other members dial it.</param>
/// <param name="Port">Port of the cluster endpoint.</param>
/// <param name="Uid">Number that Akka.Cluster chose for this start: 32 bits today, 64 bits in its next version.</param>
public sealed record NodeId(string Host, int Port, long Uid)
{
    private string? _text;

    /// <summary>Gives <c>host:port</c>, the form for people.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Gives <c>host:port#uid</c>, the form in Redis.</summary>
    public override string ToString() =>
        _text ??= string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}#{Uid}");

    /// <summary>Reads <c>host:port#uid</c>; null if <paramref name="text"/> does not have that form.</summary>
    public static NodeId? TryParse(string? text)
    {
        if (text is null)
            return null;
        var hash = text.LastIndexOf('#');
        if (hash < 0)
            return null;
        var colon = text.LastIndexOf(':', hash);
        if (colon < 1)
            return null;
        return int.TryParse(text.AsSpan(colon + 1, hash - colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && long.TryParse(text.AsSpan(hash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var uid)
            ? new NodeId(text[..colon], port, uid)
            : null;
    }

    /// <inheritdoc/>
    public bool Equals(NodeId? other) =>
        other is not null && Uid == other.Uid && Port == other.Port && string.Equals(Host, other.Host, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Uid, Port);
}
