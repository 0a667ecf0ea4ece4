// A run mostly waits, and starts processes between: two at a time is what a machine with two cores can carry.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
