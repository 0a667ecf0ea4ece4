BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(ChatAkka.Micro.ClientBenchmarks).Assembly).Run(args);
