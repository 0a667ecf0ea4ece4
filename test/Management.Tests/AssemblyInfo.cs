// Tests start whole processes and mostly wait for them: two classes run at a time.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
