using System.Text;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Finds the messages of an old event that still wait, and puts them into a turn, so that the old event can be deleted.</summary>
/// <param name="state">The index.</param>
/// <param name="turn">The turn.</param>
/// <param name="sequenceNr">Number of the old event.</param>
/// <param name="bytes">The old event.</param>
internal sealed class PartitionRewrite(PartitionState state, PartitionTurn turn, long sequenceNr, byte[] bytes) : IPartitionTurnVisitor
{
    private string _user = "";

    /// <summary>Puts the messages of an event that wait into a turn.</summary>
    public static void Add(PartitionState state, PartitionTurn turn, long sequenceNr, byte[] bytes)
    {
        try
        {
            PartitionTurn.Read(bytes, new PartitionRewrite(state, turn, sequenceNr, bytes));
        }
        catch (FormatException)
        {
            // The event is damaged. The index has only the messages before the damage, and these are in the turn now.
        }
    }

    /// <inheritdoc/>
    public void OnTurn(long time, long last, bool isOpening, bool finishesImport)
    {
    }

    /// <inheritdoc/>
    public void OnOrigin(NodeId node, long taken, IReadOnlyList<(long Number, IReadOnlyList<LinkFailure> Failures)> refused)
    {
    }

    /// <inheritdoc/>
    public void OnStoredFor(ReadOnlySpan<byte> user) => _user = Encoding.UTF8.GetString(user);

    /// <inheritdoc/>
    public void OnStored(long number, int offset, int length) => OnMoved(_user, number, offset, length);

    /// <inheritdoc/>
    public void OnMoved(string user, long number, int offset, int length)
    {
        if (state.Find(user) is { } mailbox && mailbox.After(number - 1) is var at && at < mailbox.Count && mailbox.Messages[at] is var message
            && message.Number == number && message.Event == sequenceNr)
            turn.Move(user, number, bytes.AsMemory(offset, length));
    }

    /// <inheritdoc/>
    public void OnDone(string user, long upTo)
    {
    }

    /// <inheritdoc/>
    public void OnImported(string user, long number, int offset, int length) => OnMoved(user, number, offset, length);

    /// <inheritdoc/>
    public void OnLost(long sequenceNr)
    {
    }

    /// <inheritdoc/>
    public void OnFormerId(FormerId id)
    {
    }
}
