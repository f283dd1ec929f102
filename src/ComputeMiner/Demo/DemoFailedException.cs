namespace ComputeMiner.Demo;

/// <summary>A step of the demo did not hold; the steps after it were not run.</summary>
sealed class DemoFailedException(string step, Exception inner) : Exception($"'{step}' failed: {inner.Message}", inner);
