using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>A route over all three ways, with every answer early, late, twice and never. <see cref="RouteModel"/> is what surrounds it.</summary>
/// <remarks>Checked are: the order of each sender's chats, at most one handing over, at most one answer, exactly one answer in the end, the budget of each
/// sender, the numbers of batches, one batch and one path at a time, and that everything comes to rest.</remarks>
public class RouteModelSpecs
{
    /// <summary>Rounds in which everything that is under way moves on one step. Each chat needs a few.</summary>
    private const int MostRounds = 2000;

    private static readonly Gen<(int Kind, int Arg)[]> s_steps = Gen.Select(Gen.Int[0, RouteModelSteps.Kinds - 1], Gen.Int[0, 63]).Array[1, 120];

    [Fact]
    public void Should_keep_every_promise_whatever_happens_and_when() =>
        Gen.Select(s_steps, Gen.Bool, Gen.Int[0, 4]).Sample(
            (steps, hasMailboxes, end) =>
            {
                if (Failure(steps, hasMailboxes, end) is not null)
                    throw CutDown(steps, hasMailboxes, end);
            },
            iter: 2000,
            print: _ => "");

    /// <summary>Leaves out every step without which it fails, too.</summary>
    private static InvalidOperationException CutDown((int Kind, int Arg)[] steps, bool hasMailboxes, int end)
    {
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            (int, int)[] fewer = [.. steps[..i], .. steps[(i + 1)..]];
            if (Failure(fewer, hasMailboxes, end) is not null)
                (steps, i) = (fewer, Math.Min(i, fewer.Length));
        }

        return new InvalidOperationException(
            $"it fails with the steps [{string.Join(", ", steps)}], {(hasMailboxes ? "mailboxes" : "no mailboxes")}, end {end}", Failure(steps, hasMailboxes, end));
    }

    private static Exception? Failure((int Kind, int Arg)[] steps, bool hasMailboxes, int end)
    {
        try
        {
            Run(steps, hasMailboxes, end);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void Run((int Kind, int Arg)[] steps, bool hasMailboxes, int end)
    {
        var model = new RouteModel(hasMailboxes);
        var next = 0;
        var isNested = false;
        model.Meanwhile = () =>
        {
            // Between a link's acknowledgement and the return of its chats, another thread does something else. Only one thread works on a link.
            if (next < steps.Length && !isNested && steps[next].Arg < 32 && steps[next].Kind < RouteModelSteps.Kinds - 16)
                RouteModelSteps.Take(model, steps[next++]);
        };
        while (next < steps.Length)
        {
            RouteModelSteps.Take(model, steps[next++]);
            CheckNow(model);
        }

        isNested = true;
        Finish(model, end);
        CheckEnd(model);
    }

    /// <summary>What holds at every moment: whoever waits, something will wake it.</summary>
    private static void CheckNow(RouteModel model)
    {
        if (!model.HasRoute)
            return;
        var route = model.Route;
        var waiting = route.CountChats();
        switch (route.State)
        {
            case "resolving":
                model.LookUps.ShouldBeGreaterThan(0, "nobody was asked");
                break;
            case "depositing":
                model.IsDepositing.ShouldBeTrue("no batch is in flight");
                break;
            case "flowing":
                waiting.ShouldBe(0, "chats wait for nothing");
                break;
        }

        (model.Senders.Sum(s => s.Booked) > 0).ShouldBe(waiting > 0, "what waits is booked");
    }

    /// <summary>Lets everything move on until nothing is under way, in one of the ways in which it may end.</summary>
    private static void Finish(RouteModel model, int end)
    {
        for (var round = 0; !IsAtRest(model); round++)
        {
            round.ShouldBeLessThan(MostRounds, $"it does not come to rest: {(model.HasRoute ? model.Route.State : "no route")}");
            if (end == 1 && model.Sessions.Count == 0)
                model.LogIn();
            for (var i = 0; i < model.Nodes.Length; i++)
            {
                model.Nodes[i].HasRecipient = end == 2;
                if (end == 4 && !model.Nodes[i].IsAtRest)
                    model.CloseNode(i);
                model.Nodes[i].SendFrame();
                model.Nodes[i].TakeFrame();
                model.Nodes[i].Acknowledge();
            }

            if (end == 4)
                model.TimeOut();
            model.TakeDeposit(refused: 0);
            model.AnswerStored();
            foreach (var sender in model.Senders.Where(s => s is { Stopped: not null, MayTryAgain: true }))
                model.Send(sender, hasId: true);
            if (model.HasRoute && model.Route.State == "resolving")
                AnswerLast(model, end);
            CheckNow(model);
        }
    }

    private static void AnswerLast(RouteModel model, int end)
    {
        model.LookUps--;
        switch (end)
        {
            case 1:
                if (model.Route.FoundNobodyHere())
                    model.LookUps++;
                break;
            case 2:
                model.Route.Found(model.Nodes[0].Link);
                break;
            case 3:
                model.Route.Found(model.Nodes[1].Link);
                break;
            case 4:
                model.Route.Fail(ErrorCode.RegistryUnavailable);
                break;
            default:
                model.Route.FoundNowhere();
                break;
        }
    }

    private static bool IsAtRest(RouteModel model) =>
        (!model.HasRoute || (model.Route.State == "flowing" && model.Route.CountChats() == 0))
        && !model.IsDepositing && model.Nodes.All(n => n.IsAtRest) && model.Senders.All(s => s is { Stopped: null } or { MayTryAgain: false });

    private static void CheckEnd(RouteModel model)
    {
        foreach (var sender in model.Senders)
        {
            sender.Booked.ShouldBe(0, $"bytes of {sender.Name} stay booked");
            sender.Stopped.ShouldBeNull($"nobody tells {sender.Name} to go on");
        }

        foreach (var chat in model.Chats.Where(c => c.IsAccepted))
        {
            if (chat.IsCopy)
                chat.Settled.ShouldBe(1, $"{chat} is settled");
            else if (chat.HasId)
                chat.Answers.ShouldBe(1, $"{chat} is answered");
        }

        model.Ledger.Missing.ShouldBe(0, "every accepted chat is accounted for");
        foreach (var session in model.AllSessions.Keys)
        {
            model.Read(session);
            model.AllSessions[session].Read.ShouldBe(model.AllSessions[session].Handed);
        }
    }
}
