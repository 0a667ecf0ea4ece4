using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

/// <summary>A sender of the model. It has a budget, and stops where it is told that its chat must wait.</summary>
internal sealed class RouteModelSender(long id, string name, int budget, RouteModel model) : ISender
{
    private bool _isPaused;

    public long Id => id;

    public string Name => name;

    public int Sent { get; set; }

    /// <summary>The chat that was not taken; null if the sender is not stopped.</summary>
    public RouteModelChat? Stopped { get; set; }

    /// <summary>True if the sender was told that it may try that chat again.</summary>
    public bool MayTryAgain { get; set; }

    /// <summary>The bytes that are booked as waiting.</summary>
    public int Booked { get; private set; }

    public bool TryReserve(int bytes)
    {
        if (Booked > budget)
        {
            _isPaused = true;
            return false;
        }

        Booked += bytes;
        return true;
    }

    public void Reserve(int bytes) => Booked += bytes;

    public void Release(int bytes)
    {
        Booked -= bytes;
        Booked.ShouldBeGreaterThanOrEqualTo(0, $"{name} got back more than was booked");
        if (!_isPaused || Booked > budget / 2)
            return;
        _isPaused = false;
        MayTryAgain = true;
    }

    public void OnSpace() => MayTryAgain = true;

    public void Answer(scoped in ChatView chat, ErrorCode code) => model.Answered(Encoding.UTF8.GetString(chat.Content), code);

    public void AnswerStored(scoped in ChatView chat) => model.Answered(Encoding.UTF8.GetString(chat.Content), ErrorCode.None);
}
