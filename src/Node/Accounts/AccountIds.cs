using System.Buffers.Text;
using System.Text;

namespace ChatAkka.Node.Accounts;

/// <summary>The ids of accounts as entities, and in the journal.</summary>
/// <remarks>A name may have every character but white space. In base64url no name can look like a key that the journal makes for another one.</remarks>
internal static class AccountIds
{
    /// <summary>What the persistence id of every account begins with.</summary>
    public const string Prefix = "accounts-";

    /// <summary>Gives the id of an account.</summary>
    public static string Of(string user) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(user));

    /// <summary>Gives the persistence id of an account.</summary>
    public static string PersistenceIdOf(string entity) => Prefix + entity;

    /// <summary>Gives the user of a persistence id; null if it is not of an account.</summary>
    public static string? UserOf(string persistenceId)
    {
        if (!persistenceId.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(persistenceId.AsSpan(Prefix.Length)))
            return null;
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(persistenceId.AsSpan(Prefix.Length)));
    }
}
