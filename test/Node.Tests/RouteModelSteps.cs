using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>What can happen around a route, one thing at a time.</summary>
internal static class RouteModelSteps
{
    /// <summary>How many kinds of things there are.</summary>
    public const int Kinds = 40;

    /// <summary>One thing that happens. The first kinds are the simplest, and so where a failure is cut down to.</summary>
    public static void Take(RouteModel model, (int Kind, int Arg) step)
    {
        var arg = step.Arg;
        var node = model.Nodes[arg % 2];
        var session = model.Sessions.Count > 0 ? model.Sessions[arg % model.Sessions.Count] : null;
        switch (step.Kind)
        {
            case <= 8:
                model.Send(model.Senders[arg % 2], hasId: arg % 3 > 0);
                break;
            case <= 15:
                AnswerLookUp(model, arg);
                break;
            case 16:
                model.LogIn();
                break;
            case 17 when session is not null:
                model.Route.ClearLocal(session);
                break;
            case 18 when session is not null:
                model.Restore(session);
                break;
            case 19 when session is not null:
                session.Connection.Outbound.Close();
                break;
            case 20 when session is not null:
                model.End(session);
                break;
            case 21 when session is not null:
                model.Read(session);
                break;
            case 22:
                AnswerDepositAgain(model, arg);
                break;
            case 23 when model.HasRoute:
                model.Route.WasUsed = arg % 2 == 0;
                model.Route.Evict();
                break;
            case 24:
                model.TakeDeposit(refused: arg % 4 == 0 ? arg >> 2 : 0);
                break;
            case <= 26:
                model.AnswerStored();
                break;
            case 27:
                model.AnswerOnline(new ReaderId(node.Link.Target, arg));
                break;
            case 28:
                model.TimeOut();
                break;
            case 29:
                node.HasRecipient = arg % 4 > 1;
                break;
            case 30 when arg < 16:
                model.CloseNode(arg % 2);
                break;
            case 31:
                node.SendAgain();
                break;
            case 32:
                node.AcknowledgeAgain();
                break;
            case <= 35:
                node.SendFrame();
                break;
            case <= 37:
                node.TakeFrame();
                break;
            default:
                node.Acknowledge();
                break;
        }
    }

    private static void AnswerLookUp(RouteModel model, int arg)
    {
        var route = model.Route;
        model.LookUps = Math.Max(0, model.LookUps - 1);
        switch (arg % 8)
        {
            case 0 when arg > 48:
                route.Fail(ErrorCode.RegistryUnavailable);
                break;
            case <= 1:
                route.FoundNowhere();
                break;
            case 2 when model.HasMailboxes:
                route.FoundMailbox();
                break;
            case 3 when route.FoundNobodyHere():
                model.LookUps++;
                break;
            case 4 when model.Closed is { } closed:
                route.Found(closed);
                break;
            default:
                route.Found(model.Nodes[(arg >> 3) % 2].Link);
                break;
        }
    }

    /// <summary>An answer to a batch that was answered before, or that belongs to a route that is no more.</summary>
    private static void AnswerDepositAgain(RouteModel model, int arg)
    {
        var known = model.Deposits.Count - (model.IsDepositing ? 1 : 0);
        if (known == 0)
            return;
        var deposit = model.Deposits[Math.Max(0, known - 1 - (arg / 3 % 3))];
        switch (arg % 3)
        {
            case 0:
                deposit.Owner.Stored(deposit, []);
                break;
            case 1:
                deposit.Owner.RecipientOnline(deposit, new ReaderId(RouteModel.Self, arg));
                break;
            default:
                deposit.Owner.TimedOut(deposit);
                break;
        }
    }
}
