// In this process: BenchmarkDotNet would look for a project that is called as the assembly is.
BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(ChatAkka.Micro.ClientBenchmarks).Assembly)
    .Run(args.Contains("--inProcess") ? args : [.. args, "--inProcess"]);
