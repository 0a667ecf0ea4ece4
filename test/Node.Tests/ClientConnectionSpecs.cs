using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

public class ClientConnectionSpecs() : TestKit("akka.loglevel = WARNING")
{
    [Theory]
    [InlineData(ErrorCode.None, false)]
    [InlineData(ErrorCode.None, true)]
    [InlineData(ErrorCode.MailboxFull, false)]
    public void Should_close_a_receipt_only_when_it_is_written(ErrorCode code, bool stored)
    {
        var connection = Connection();
        var closedAtWrite = new List<bool>();
        connection.Outbound.Attach(() => closedAtWrite.Add(!connection.HasOpenReceipts), () => { });
        connection.Outbound.TryTake(out _);
        connection.WatchReceipts();
        connection.ExpectReceipt();
        if (stored)
            connection.AnswerStored(TestChats.Chat("a", "b", "x", 1, "17"));
        else
            connection.Answer(TestChats.Chat("a", "b", "x", 1, "17"), code);
        closedAtWrite.ShouldBe([false]);
        ExpectMsg<ClientConnection.AllReceiptsWritten>();
        connection.HasOpenReceipts.ShouldBeFalse();
    }

    [Fact]
    public void Should_tell_the_actor_only_when_it_watches_and_the_last_receipt_is_closed()
    {
        var connection = Connection();
        connection.ExpectReceipt();
        connection.CancelReceipt();
        connection.ExpectReceipt();
        connection.ExpectReceipt();
        connection.WatchReceipts();
        connection.HasOpenReceipts.ShouldBeTrue();
        connection.CancelReceipt();
        ExpectNoMsg(TimeSpan.Zero);
        connection.CancelReceipt();
        ExpectMsg<ClientConnection.AllReceiptsWritten>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Should_not_miss_the_last_receipt_when_it_is_closed_while_the_actor_begins_to_watch()
    {
        for (var i = 0; i < 2000; i++)
        {
            var connection = Connection();
            connection.ExpectReceipt();
            using var together = new Barrier(2);
            var answering = Task.Run(() =>
            {
                together.SignalAndWait();
                connection.CancelReceipt();
            });
            together.SignalAndWait();
            connection.WatchReceipts();
            var isAnswered = !connection.HasOpenReceipts;
            await answering;
            if (!isAnswered)
                ExpectMsg<ClientConnection.AllReceiptsWritten>();
            else if (HasMessages)
                ReceiveOne(TimeSpan.Zero);
        }
    }

    private ClientConnection Connection()
    {
        var connection = new ClientConnection(1, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, TimeProvider.System);
        connection.Attach(TestActor);
        return connection;
    }
}
