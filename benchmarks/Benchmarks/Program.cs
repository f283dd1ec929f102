using System.Globalization;
using Benchmarks;
using BenchmarkDotNet.Running;

// Figures that need a world around them measure themselves; the rest is BenchmarkDotNet's.
if (args is ["allocation", .. var rest])
    await AllocationFigure.RunAsync(rest is [var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 20);
else
    BenchmarkSwitcher.FromAssembly(typeof(AllocationFigure).Assembly).Run(args);
