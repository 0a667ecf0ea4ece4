using ChatAkka.Node.Clients;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node;

/// <summary>What a node prints when it takes clients.</summary>
internal static class ReadyText
{
    /// <summary>Writes the text.</summary>
    /// <param name="node">The node.</param>
    /// <param name="addresses">Where clients connect; a person is told how to reach the first.</param>
    /// <param name="store">Description of the store.</param>
    public static string Of(NodeId node, IReadOnlyList<ClientAddress> addresses, string store) => $"""
        ChatAkka node {node.Address} is ready
          clients: {string.Join(", ", addresses.Select(a => a.Kind == ClientTransportKind.Tls ? $"{a.Text} (TLS)" : a.Text))}
          store:   {store}
        Next, in two other terminals:  {CommandFor(addresses[0])}
          then type:  login alice      and in the other:  login bob
          and then:   chat bob hi
        """;

    private static string CommandFor(ClientAddress address)
    {
        var colon = address.Text.LastIndexOf(':');
        return address.Kind == ClientTransportKind.Tls
            ? $"openssl s_client -quiet -connect {address.Text}"
            : $"telnet {address.Text[..colon].Trim('[', ']')} {address.Text[(colon + 1)..]}";
    }
}
