using ChatAkka.Management.Commands;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Chat;

/// <summary><c>chat token</c>: what operators do about the tokens of clients.</summary>
/// <param name="revocations">Where revoked tokens are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenCommands(ITokenRevocations revocations, TimeProvider time)
{
    private const string Usage = "chat token revoke needs --id ID or --user NAME";

    /// <summary>Runs the command.</summary>
    public async Task<CommandAnswer> RunAsync(Command command)
    {
        if (command.Argument("action") != "revoke")
            return new CommandAnswer.ErroredCommandResponse($"there is no chat token {command.Argument("action")}; there is revoke", Misused: true);
        var (id, user) = (command.Argument("id"), command.Argument("user"));
        if (string.IsNullOrEmpty(id) == string.IsNullOrEmpty(user))
            return new CommandAnswer.ErroredCommandResponse(Usage, Misused: true);
        var now = time.GetUtcNow();
        var until = now + TokenRevocation.Kept;
        if (!string.IsNullOrEmpty(id))
            return await RevokeAsync(new TokenRevocation.Token(id, until), $"the token {id} is revoked; its session ends within a second").ConfigureAwait(false);
        return UserName.TryCreate(user!) is { } name
            ? await RevokeAsync(
                new TokenRevocation.User(name.Text, now, until),
                $"all tokens of {name} that were issued until now are revoked; the session ends within a second").ConfigureAwait(false)
            : new CommandAnswer.ErroredCommandResponse($"'{user}' is no user name: {UserName.Explain(user!)}", Misused: true);
    }

    private async Task<CommandAnswer> RevokeAsync(TokenRevocation revocation, string done) => await revocations.RevokeAsync(revocation).ConfigureAwait(false)
        ? new CommandAnswer.CommandResponse(done)
        : new CommandAnswer.ErroredCommandResponse("nothing is revoked: Redis does not answer");
}
