using System.Globalization;
using System.Text.Json;

namespace DevNet.Registry;

/// <summary>One run as the service keeps it. Used under the store's lock.</summary>
sealed class RunRecord(ProjectRecord project, string name, string owner, long sequence, DateTimeOffset created)
{
    string _config = "{}";
    JsonDocument? _parsed;

    public ProjectRecord Project { get; } = project;

    /// <summary>The last part of the run's address, unique in the project; what its owner signs.</summary>
    public string Name { get; } = name;

    /// <summary>The service's own id, which says nothing to a client.</summary>
    public string StorageId { get; } = Convert.ToBase64String(
        System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Run:v1:{name}:{project.Name}:{project.Entity}")));

    /// <summary>The account that made it.</summary>
    public string Owner => owner;

    /// <summary>Rises with each run made, in all projects.</summary>
    public long Sequence => sequence;

    public DateTimeOffset CreatedAt { get; } = created;

    public string DisplayName { get; set; } = name;

    /// <summary>JSON text, kept as it came.</summary>
    public string Config
    {
        get => _config;
        set
        {
            _config = value;
            _parsed?.Dispose();
            _parsed = null;
        }
    }

    public string Summary { get; set; } = "{}";

    public IReadOnlyList<string> Tags { get; set; } = [];

    public List<string> History { get; } = [];

    public List<string> Events { get; } = [];

    public List<string> Output { get; } = [];

    public RunState State { get; set; }

    public DateTimeOffset HeartbeatAt { get; set; } = created;

    /// <summary>The parsed configuration, for filters; an empty object where it is not JSON.</summary>
    public JsonElement ConfigRoot => (_parsed ??= Parse(_config)).RootElement;

    static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse("{}");
        }
    }
}
