using System.Text.Json.Serialization;

namespace Scenarios;

/// <summary>What one load came to; the generator's process prints it as one line of JSON.</summary>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="Median">Milliseconds from request to answer, half of them faster.</param>
/// <param name="P99">Milliseconds that 99 of 100 answers kept.</param>
/// <param name="Slowest">Milliseconds of the slowest answer.</param>
/// <param name="Statuses">Measured answers by HTTP status.</param>
sealed record LoadResult(double PerSecond, double Median, double P99, double Slowest, SortedDictionary<int, int> Statuses);

[JsonSerializable(typeof(LoadResult))]
sealed partial class LoadJson : JsonSerializerContext;
