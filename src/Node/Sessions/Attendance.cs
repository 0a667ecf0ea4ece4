using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>What follows from an answer to a sign of life.</summary>
internal enum AttendanceStep
{
    /// <summary>Nothing: the registry did not answer, or the node gives no signs of life any more.</summary>
    None,

    /// <summary>The registry works as before: the next sessions are compared with it.</summary>
    Compare,

    /// <summary>The registry may have lost its data: every live session is claimed again.</summary>
    RestoreAll,

    /// <summary>This node was declared dead: it ends.</summary>
    EndNode,
}

/// <summary>Decides when this node gives signs of life in the session registry, and what follows from the answers.</summary>
/// <remarks>Pure and not thread-safe. If the registry did not answer once, it may have lost its data until the next answer. A node that was declared dead
/// stays dead.</remarks>
internal sealed class Attendance
{
    private bool _mayHaveLost;
    private bool _isStopped;

    /// <summary>True while a sign of life is not answered.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>True after the registry said that this node was declared dead. Then it may hold no session.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Gives true if a sign of life is due. It is in flight from then on.</summary>
    public bool TryBegin()
    {
        if (IsAsking || _isStopped)
            return false;
        return IsAsking = true;
    }

    /// <summary>The registry answered a sign of life, or did not.</summary>
    public AttendanceStep Answered(AttendOutcome outcome)
    {
        IsAsking = false;
        switch (outcome)
        {
            case AttendOutcome.Fenced:
                Fence();
                return AttendanceStep.EndNode;
            case AttendOutcome.Unavailable:
                _mayHaveLost = true;
                return AttendanceStep.None;
            case AttendOutcome.Known when !_mayHaveLost:
                return AttendanceStep.Compare;
            default:
                _mayHaveLost = false;
                return AttendanceStep.RestoreAll;
        }
    }

    /// <summary>The registry did not answer another question. So it may have lost its data.</summary>
    public void RegistryFailed() => _mayHaveLost = true;

    /// <summary>The registry answered another question by saying that this node was declared dead.</summary>
    public void Fence() => IsFenced = true;

    /// <summary>The node takes itself off the registry's list, so it must give no sign of life any more.</summary>
    public void Stop() => _isStopped = true;
}
