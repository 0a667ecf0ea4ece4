using Akka.TestKit.Xunit2;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

/// <summary>One connection, and a clock that the test moves.</summary>
public abstract class ConnectionActorKit : TestKit
{
    private protected const string Chat = """{"cmd":"chat","recv":"bob","content":"x","id":"c1"}""";
    private protected const string Stored = """{"ok":"chat","id":"c1","receipt":"stored"}""";
    private protected const string LoggedOut = """{"ok":"logout"}""";

    private protected ConnectionActorKit()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        Ann = new ConnectionHarness(this);

    /// <summary>Ann's connection.</summary>
    private protected ConnectionHarness Ann { get; }

    /// <summary>Logs in where nothing waits.</summary>
    private protected void LogIn()
    {
        Ann.Send("login ann");
        Ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None));
    }
}
