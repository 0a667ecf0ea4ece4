// Tests start whole processes and mostly wait for them: two classes run at a time. What measures is in the collection Alone.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
