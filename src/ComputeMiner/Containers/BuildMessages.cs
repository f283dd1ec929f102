using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>Follows the messages of a pull, import or build: passes progress on, keeps the failure and what was said before it.</summary>
sealed class BuildMessages(IProgress<PreparationStep>? progress) : IProgress<JSONMessage>
{
    readonly Queue<string> _lines = new();
    readonly Dictionary<string, (long Current, long Total)> _layers = [];
    int _percent;

    public string? Error { get; private set; }

    public string LastWords => string.Join(" | ", _lines);

    public void Report(JSONMessage value)
    {
        Error ??= value.Error?.Message;
        if (value.Stream?.Trim() is { Length: > 0 } line)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 5)
                _lines.Dequeue();
        }
        if (progress is null || value.ID is null || value.Progress is not { Total: > 0 and var total, Current: { } current })
            return;
        _layers[value.ID] = (current, total);
        // The total grows while layers are announced; the bar never goes back.
        var percent = 5 + (int)(55 * _layers.Values.Sum(each => each.Current) / _layers.Values.Sum(each => each.Total));
        if (percent > _percent)
            progress.Report(new PreparationStep(_percent = percent, $"pulling: {value.Status}"));
    }
}
