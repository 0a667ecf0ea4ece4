using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Clients;

/// <summary>The operation that a connection waits for before it handles its next line. At most one is pending.</summary>
/// <remarks>An answer is used only if its operation is still pending, so late and repeated answers are ignored. Operations are compared by
/// reference, because two of them may have the same content.</remarks>
internal abstract class PendingOperation
{
    private PendingOperation()
    {
    }

    /// <summary>A login: the session is claimed in the registry; then the mailbox is asked, if messages may wait in it.</summary>
    /// <param name="session">The session that the login asks for.</param>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    public sealed class Login(LocalSession session, bool isJson) : PendingOperation
    {
        /// <summary>The session that the login asks for.</summary>
        public LocalSession Session => session;

        /// <summary>True if the command was JSON, false if it was typed.</summary>
        public bool IsJson => isJson;

        /// <summary>True after the claim succeeded, while the mailbox is asked how many messages wait.</summary>
        public bool AsksMailbox { get; set; }
    }

    /// <summary>The command <c>who</c>: the registry is asked where a user is logged in.</summary>
    /// <param name="user">The user.</param>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    public sealed class Who(UserName user, bool isJson) : PendingOperation
    {
        /// <summary>The user.</summary>
        public UserName User => user;

        /// <summary>True if the command was JSON, false if it was typed.</summary>
        public bool IsJson => isJson;
    }

    /// <summary>A logout, or the end of the input, while receipts are still open.</summary>
    /// <param name="isJson">True if <c>logout</c> was JSON, false if it was typed; null if the input ended without it.</param>
    public sealed class Logout(bool? isJson) : PendingOperation
    {
        /// <summary>True if <c>logout</c> was JSON, false if it was typed; null if the input ended without it.</summary>
        public bool? IsJson => isJson;
    }
}
