// Each class has stores of its own; two at a time is what a machine with two cores can carry.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
