using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

/// <summary>Another node of the model: the real link to it, and a target that takes its frames. A test says when a frame or an acknowledgement moves on.</summary>
internal sealed class RouteModelNode(NodeId id, RouteModel model, ConnectionTable connections, NodeCounters counters)
{
    private static readonly LinkSettings s_settings = new(250, 8, 80, 2, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(1));

    private readonly Queue<(long First, byte[] Entries)> _frames = new();
    private readonly Queue<(long Ack, LinkFailure[] Failures)> _acks = new();
    private readonly ReceiveWindow _received = new();
    private readonly Rejections _rejections = new();
    private (long Ack, LinkFailure[] Failures) _lastAck = (0, []);

    public Link Link { get; } = new(id, s_settings);

    /// <summary>True if the recipient has a session on that node.</summary>
    public bool HasRecipient { get; set; }

    /// <summary>True if nothing is on its way in either direction.</summary>
    public bool IsAtRest => Link.IsIdle && _frames.Count == 0 && _acks.Count == 0;

    public void SendFrame() => Link.NextFrame((first, _, entries) =>
    {
        _frames.Enqueue((first, entries.ToArray()));
        return [];
    });

    /// <summary>The frames on their way are sent again: the target sees their entries twice.</summary>
    public void SendAgain() => Link.Rewind();

    public void TakeFrame()
    {
        if (!_frames.TryDequeue(out var frame))
            return;
        var reader = new LinkEntryReader(frame.Entries);
        for (var skip = _received.Skip(frame.First); reader.TryRead(out var entry); skip--)
        {
            if (skip > 0)
                continue;
            var chat = LinkEntry.ReadChat(entry);
            var isTaken = !_rejections.MustReject(chat) && HasRecipient;
            if (isTaken)
                model.Hand(chat, this);
            else
                _rejections.Add(chat, _received.Taken + 1);
            _received.Take(isTaken ? ErrorCode.None : ErrorCode.RecipientOffline);
        }

        _acks.Enqueue((_received.Taken, [.. _received.Failures]));
    }

    public void Acknowledge()
    {
        if (!_acks.TryDequeue(out var ack))
            return;
        _lastAck = ack;
        Take(ack);
        _received.Seen(ack.Ack);
    }

    public void AcknowledgeAgain() => Take(_lastAck);

    public void Close()
    {
        _frames.Clear();
        _acks.Clear();
        counters.Dropped(Link.Close((entry, code) => model.GiveBack(entry, this, code, isClosed: true)));
    }

    private void Take((long Ack, LinkFailure[] Failures) ack) => Link.Acknowledge(
        ack.Ack, ack.Failures, connections, counters, (entry, code) => model.GiveBack(entry, this, code, isClosed: false));
}
