using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Accounts;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;
using ChatAkka.TestSupport;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>One account: what it decides, what is kept of it, and that it is the same after its node died.</summary>
public class AccountSpecs : TestKit
{
    public AccountSpecs()
        : base(ConfigurationFactory.ParseString("""
            akka.loglevel = WARNING
            akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
            akka.actor {
              serializers.chatakka-account = "ChatAkka.Node.Accounts.AccountEventSerializer, ChatAkka.Node"
              serialization-bindings { "ChatAkka.Node.Accounts.AccountEvent, ChatAkka.Node" = chatakka-account }
            }
            """))
    {
    }

    [Fact]
    public void Should_be_what_happened_to_it_and_change_only_by_what_happens() => Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2], Gen.Int[0, 2]).Array[0, 30].Sample(orders =>
    {
        var (state, model) = (AccountState.None, (Hash: "", IsDisabled: false));
        foreach (var (order, hash, expected) in orders)
        {
            var question = new AccountQuestion("ann", (AccountOrder)order, hash == 0 ? "" : $"h{hash}", $"h{expected}");
            var (result, happened) = state.Decide(question);
            if ((happened is not null) != (result == AccountResult.Done && question.Order != AccountOrder.Look))
                return false;
            var former = state;
            if (happened is not null)
                state = state.Apply(happened);
            var ends = result == AccountResult.Done && question.Order is AccountOrder.Register or AccountOrder.ChangePassword or AccountOrder.Disable or AccountOrder.Remove;
            if (state.Epoch < former.Epoch || ends != (state.Epoch != former.Epoch))
                return false;
            var exists = model.Hash.Length > 0;
            model = question.Order switch
            {
                AccountOrder.Register when !exists && hash > 0 => (question.Hash, false),
                AccountOrder.ChangePassword when exists && hash > 0 => (question.Hash, model.IsDisabled),
                AccountOrder.UpgradeHash when exists && hash > 0 && model.Hash == question.Expected => (question.Hash, model.IsDisabled),
                AccountOrder.Disable when exists => (model.Hash, true),
                AccountOrder.Enable when exists => (model.Hash, false),
                AccountOrder.Remove => ("", false),
                _ => model,
            };
            if ((state.Hash, state.IsDisabled) != model)
                return false;
        }

        return true;
    });

    [Fact]
    public void Should_write_events_in_the_form_that_journals_have()
    {
        var serializer = new AccountEventSerializer((ExtendedActorSystem)Sys);
        (AccountEvent Event, string Manifest, string Bytes)[] forms =
        [
            (new AccountEvent.Registered("$h"), "ar1", "$h"),
            (new AccountEvent.PasswordChanged("$h"), "ap1", "$h"),
            (new AccountEvent.HashUpgraded("$h"), "au1", "$h"),
            (new AccountEvent.Disabled(), "ad1", ""),
            (new AccountEvent.Enabled(), "ae1", ""),
            (new AccountEvent.Removed(), "ax1", ""),
        ];
        serializer.Identifier.ShouldBe(7413);
        foreach (var (e, manifest, bytes) in forms)
        {
            serializer.Manifest(e).ShouldBe(manifest);
            Encoding.UTF8.GetString(serializer.ToBinary(e)).ShouldBe(bytes);
            serializer.FromBinary(Encoding.UTF8.GetBytes(bytes), manifest).ShouldBe(e);
        }
    }

    [Fact]
    public async Task Should_be_the_same_after_it_started_again()
    {
        var id = AccountIds.Of("ann");
        var account = Sys.ActorOf(Props.Create(() => new AccountActor(id)));
        (await AskAsync(account, AccountOrder.Look)).ShouldBe(new AccountAnswer(AccountResult.Unknown, "", false, 0));
        (await AskAsync(account, AccountOrder.Register, "h1")).ShouldBe(new AccountAnswer(AccountResult.Done, "h1", false, 1));
        (await AskAsync(account, AccountOrder.Register, "h2")).ShouldBe(new AccountAnswer(AccountResult.Exists, "h1", false, 1));
        (await AskAsync(account, AccountOrder.Disable)).ShouldBe(new AccountAnswer(AccountResult.Done, "h1", true, 2));
        Watch(account);
        account.Tell(new AccountActor.Stop());
        ExpectTerminated(account, Eventually.Limit);
        var again = Sys.ActorOf(Props.Create(() => new AccountActor(id)));
        (await AskAsync(again, AccountOrder.Look)).ShouldBe(new AccountAnswer(AccountResult.Done, "h1", true, 2));
        (await AskAsync(again, AccountOrder.Remove)).ShouldBe(new AccountAnswer(AccountResult.Done, "", false, 3));
        (await AskAsync(again, AccountOrder.Register, "h3")).ShouldBe(new AccountAnswer(AccountResult.Done, "h3", false, 4), "a session of the former account must not be one of this");
    }

    [Fact]
    public void Should_have_an_id_that_is_no_key_of_another_account() =>
        Gen.String[1, 20].Where(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)) == s).Sample(name =>
        {
            var id = AccountIds.PersistenceIdOf(AccountIds.Of(name));
            return AccountIds.UserOf(id) == name && !id.Contains(':', StringComparison.Ordinal) && id[AccountIds.Prefix.Length..].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        });

    [Fact]
    public void Should_show_no_hash_as_text()
    {
        new AccountQuestion("ann", AccountOrder.Register, "$secret", "$secret").ToString().ShouldNotContain("secret");
        new AccountAnswer(AccountResult.Done, "$secret", true, 1).ToString().ShouldNotContain("secret");
        foreach (var e in new AccountEvent[] { new AccountEvent.Registered("$secret"), new AccountEvent.PasswordChanged("$secret"), new AccountEvent.HashUpgraded("$secret") })
        {
            e.ToString().ShouldNotContain("secret");
            AccountState.None.Apply(e).ToString().ShouldNotContain("secret");
        }

        new AccountOrderQuestion("ann", 1, "secret").ToString().ShouldNotContain("secret");
        new LoginRequest(UserName.TryCreate("ann"), new LoginProof.Password("secret"u8.ToArray()), System.Net.IPAddress.Loopback).ToString().ShouldNotContain("secret");
    }

    private static Task<AccountAnswer> AskAsync(IActorRef account, AccountOrder order, string hash = "") =>
        account.Ask<AccountAnswer>(new AccountQuestion("ann", order, hash), Eventually.Limit);
}
