// The stores of one class at a time: a machine with two cores runs them all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
