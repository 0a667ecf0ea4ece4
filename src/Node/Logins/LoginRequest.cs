using System.Net;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>What a client gave to log in.</summary>
/// <param name="Name">The name; null if it gave none, because a token names the user. It is valid, and not yet compared with others.</param>
/// <param name="Proof">What it gave to prove who it is; null if nothing.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Connection">The client's connection: when it is gone, nobody needs the verdict any more; null if that is not known.</param>
/// <param name="Renews">True if the client is logged in already and renews its session.</param>
internal readonly record struct LoginRequest(
    UserName? Name, LoginProof? Proof, IPAddress Address, ClientConnection? Connection = null, bool Renews = false);
