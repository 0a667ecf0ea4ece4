namespace ChatAkka.Chaos.Faults;

/// <summary>Something that goes wrong.</summary>
/// <param name="name">What it is called on the command line and in the report.</param>
/// <param name="needsWires">True where loopback cannot do it.</param>
/// <param name="inject">Does it. When it returns, the fault is over: what was cut is healed, what was stopped goes on.</param>
internal sealed class Fault(string name, bool needsWires, Func<FaultContext, Task> inject)
{
    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>True where it needs wires that can be cut.</summary>
    public bool NeedsWires => needsWires;

    /// <summary>Does it.</summary>
    public Task InjectAsync(FaultContext context) => inject(context);
}
