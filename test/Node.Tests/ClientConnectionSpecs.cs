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
    public void Should_count_a_chat_as_answered_only_when_its_answer_is_written(ErrorCode code, bool stored)
    {
        var connection = Connection();
        var answeredAtWrite = new List<bool>();
        connection.Outbound.Attach(() => answeredAtWrite.Add(connection.AwaitAnswers()), () => { });
        connection.Outbound.TryTake(out _);
        connection.Owe();
        if (stored)
            connection.AnswerStored(TestChats.Chat("a", "b", "x", 1, "17"));
        else
            connection.Answer(TestChats.Chat("a", "b", "x", 1, "17"), code);
        answeredAtWrite.ShouldBe([false]);
        ExpectMsg<ClientConnection.AllAnswered>();
        connection.AwaitAnswers().ShouldBeTrue();
    }

    [Fact]
    public void Should_tell_the_actor_of_the_last_answer_alone_and_only_where_it_waits()
    {
        var connection = Connection();
        connection.Owe();
        connection.OweNot();
        connection.Owe();
        connection.Owe();
        connection.AwaitAnswers().ShouldBeFalse();
        connection.OweNot();
        ExpectNoMsg(TimeSpan.Zero);
        connection.OweNot();
        ExpectMsg<ClientConnection.AllAnswered>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Should_not_miss_the_last_answer_when_it_comes_as_the_actor_begins_to_wait()
    {
        for (var i = 0; i < 2000; i++)
        {
            var connection = Connection();
            connection.Owe();
            using var together = new Barrier(2);
            var answering = Task.Run(() =>
            {
                together.SignalAndWait();
                connection.OweNot();
            });
            together.SignalAndWait();
            var isAnswered = connection.AwaitAnswers();
            await answering;
            if (!isAnswered)
                ExpectMsg<ClientConnection.AllAnswered>();
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
