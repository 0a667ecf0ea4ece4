using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>Nodes, owners and the journal of one partition, in one thread, with every message early, late, twice and never, owners that are succeeded at any
/// point, and snapshots and deletions between them.</summary>
public class PartitionModelSpecs
{
    private static readonly Gen<(int Op, int A, int B)[]> s_steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 160];

    [Fact]
    public void Should_store_each_chat_once_and_in_order_when_owners_change_at_any_point() =>
        s_steps.Sample(
            steps =>
            {
                var model = new PartitionModel();
                foreach (var (op, a, b) in steps)
                    model.Step(op, a, b);
                model.Settle();
                model.Check();
            },
            iter: 3000, print: steps => string.Join(" ", steps.Select(s => $"({s.Op},{s.A},{s.B})")));
}
