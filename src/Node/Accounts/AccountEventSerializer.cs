using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ChatAkka.Node.Accounts;

/// <summary>The Akka serializer for the events of accounts in the journal. It is bound in <c>hocon/node.conf</c>.</summary>
/// <remarks>Each manifest names an event and its layout. A changed layout gets a new manifest, and no manifest is ever used again, because journals live long.
/// <c>ar1</c> (registered), <c>ap1</c> (password changed) and <c>au1</c> (hash upgraded) are the hash in UTF-8; <c>ad1</c> (disabled), <c>ae1</c> (enabled) and <c>ax1</c> (removed) are
/// empty.</remarks>
internal sealed class AccountEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Identifies this serializer in the journal.</summary>
    public const int Id = 7413;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        AccountEvent.Registered => "ar1",
        AccountEvent.PasswordChanged => "ap1",
        AccountEvent.HashUpgraded => "au1",
        AccountEvent.Disabled => "ad1",
        AccountEvent.Enabled => "ae1",
        AccountEvent.Removed => "ax1",
        _ => throw new ArgumentException($"{o.GetType()} is no event of an account", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj switch
    {
        AccountEvent.Registered e => Encoding.UTF8.GetBytes(e.Hash),
        AccountEvent.PasswordChanged e => Encoding.UTF8.GetBytes(e.Hash),
        AccountEvent.HashUpgraded e => Encoding.UTF8.GetBytes(e.Hash),
        _ => [],
    };

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "ar1" => new AccountEvent.Registered(Encoding.UTF8.GetString(bytes)),
        "ap1" => new AccountEvent.PasswordChanged(Encoding.UTF8.GetString(bytes)),
        "au1" => new AccountEvent.HashUpgraded(Encoding.UTF8.GetString(bytes)),
        "ad1" => new AccountEvent.Disabled(),
        "ae1" => new AccountEvent.Enabled(),
        "ax1" => new AccountEvent.Removed(),
        _ => throw new System.Runtime.Serialization.SerializationException($"an event of an account has the unknown manifest '{manifest}': a newer version of the server wrote it"),
    };
}
