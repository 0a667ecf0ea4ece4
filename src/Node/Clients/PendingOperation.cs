using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Clients;

/// <summary>What a connection waits for before it goes on with its lines: one operation at a time, or none.</summary>
/// <remarks>An answer counts only for the operation that is pending; whatever comes late or twice finds another one, or none. They
/// are told apart by reference: two questions may look alike.</remarks>
internal abstract class PendingOperation
{
    private PendingOperation()
    {
    }

    /// <summary>A login: the registry is asked, and then the mailbox, where something may wait in it.</summary>
    /// <param name="session">The session that is to be.</param>
    /// <param name="isJson">How the command came.</param>
    public sealed class Login(LocalSession session, bool isJson) : PendingOperation
    {
        /// <summary>The session that is to be.</summary>
        public LocalSession Session => session;

        /// <summary>How the command came.</summary>
        public bool IsJson => isJson;

        /// <summary>True where the session holds, and the mailbox is asked how much waits.</summary>
        public bool AsksMailbox { get; set; }
    }

    /// <summary>A question where a user is.</summary>
    /// <param name="user">The user.</param>
    /// <param name="isJson">How the command came.</param>
    public sealed class Who(UserName user, bool isJson) : PendingOperation
    {
        /// <summary>The user.</summary>
        public UserName User => user;

        /// <summary>How the command came.</summary>
        public bool IsJson => isJson;
    }

    /// <summary>The client said all it had to say, and is owed receipts.</summary>
    /// <param name="isJson">How <c>logout</c> came; null where the input just ended.</param>
    public sealed class Logout(bool? isJson) : PendingOperation
    {
        /// <summary>How <c>logout</c> came; null where the input just ended.</summary>
        public bool? IsJson => isJson;
    }
}
