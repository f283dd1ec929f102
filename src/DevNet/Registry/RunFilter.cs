using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>
/// A filter in the service's dialect of MongoDB's: fields of the run, and <c>config.A.B</c> for what a client stored as
/// <c>config.A.value.B</c>. Comparisons are typed: the number 27 is not the text "27".
/// </summary>
sealed class RunFilter(JsonElement filter)
{
    const int DeepestNesting = 20;

    /// <exception cref="GraphqlException">400: not JSON, or an operator that is not known.</exception>
    public static RunFilter Parse(string? text)
    {
        try
        {
            var filter = new RunFilter(JsonDocument.Parse(text is null or "" ? "{}" : text).RootElement);
            return filter;
        }
        catch (JsonException fault)
        {
            throw new GraphqlException(400, $"filters is not JSON: {fault.Message}");
        }
    }

    public bool Matches(RunRecord run) => Matches(filter, run, 0);

    static bool Matches(JsonElement filter, RunRecord run, int depth)
    {
        if (filter.ValueKind != JsonValueKind.Object || depth > DeepestNesting)
            throw new GraphqlException(400, "filters must be an object of terms.");
        foreach (var term in filter.EnumerateObject())
        {
            var holds = term.Name switch
            {
                "$and" => Terms(term.Value).All(t => Matches(t, run, depth + 1)),
                "$or" => Terms(term.Value).Any(t => Matches(t, run, depth + 1)),
                "$nor" => !Terms(term.Value).Any(t => Matches(t, run, depth + 1)),
                _ when term.Name.StartsWith('$') => throw Unknown(term.Name),
                _ => Compare(Field(run, term.Name), term.Value),
            };
            if (!holds)
                return false;
        }
        return true;
    }

    static JsonElement.ArrayEnumerator Terms(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray()
        : throw new GraphqlException(400, "$and, $or and $nor take a list.");

    static JsonElement? Field(RunRecord run, string path)
    {
        var parts = path.Split('.');
        if (parts[0] != "config")
        {
            return path switch
            {
                "name" => Text(run.Name),
                "display_name" or "displayName" => Text(run.DisplayName),
                "state" => Text(run.State.ToString().ToLowerInvariant()),
                "user" or "username" => Text(run.Owner),
                _ => null,
            };
        }
        var at = run.ConfigRoot;
        foreach (var part in parts.Length > 1 ? [parts[1], "value", .. parts[2..]] : parts[1..])
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
                return null;
        }
        return at;
    }

    static JsonElement Text(string value) => JsonDocument.Parse($"\"{JsonEncodedText.Encode(value)}\"").RootElement;

    static bool Compare(JsonElement? actual, JsonElement wanted)
    {
        if (wanted.ValueKind != JsonValueKind.Object)
            return IsEqual(actual, wanted);
        foreach (var condition in wanted.EnumerateObject())
        {
            var value = condition.Value;
            var holds = condition.Name switch
            {
                "$eq" => IsEqual(actual, value),
                "$ne" => !IsEqual(actual, value),
                "$gt" => Order(actual, value) > 0,
                "$gte" => Order(actual, value) >= 0,
                "$lt" => Order(actual, value) < 0,
                "$lte" => Order(actual, value) <= 0,
                "$in" => Terms(value).Any(v => IsEqual(actual, v)),
                "$nin" => !Terms(value).Any(v => IsEqual(actual, v)),
                "$exists" => actual.HasValue == (value.ValueKind == JsonValueKind.True),
                "$regex" => actual is { } present && IsMatch(present, value),
                _ => throw Unknown(condition.Name),
            };
            if (!holds)
                return false;
        }
        return true;
    }

    static bool IsEqual(JsonElement? actual, JsonElement wanted) =>
        actual is { } present ? JsonElement.DeepEquals(present, wanted) : wanted.ValueKind == JsonValueKind.Null;

    static int? Order(JsonElement? actual, JsonElement wanted) => (actual?.ValueKind, wanted.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => actual!.Value.GetDouble().CompareTo(wanted.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(actual!.Value.GetString(), wanted.GetString()),
        _ => null,
    };

    /// <summary>A pattern sees a text's characters and any other value's JSON; that is how a stored null is found by "null".</summary>
    static bool IsMatch(JsonElement actual, JsonElement pattern)
    {
        var text = actual.ValueKind == JsonValueKind.String ? actual.GetString()! : actual.GetRawText();
        try
        {
            // The service uses RE2, which cannot be made slow either.
            return Regex.IsMatch(text, pattern.GetString() ?? "", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new GraphqlException(400, string.Create(CultureInfo.InvariantCulture, $"$regex: {fault.Message}"));
        }
    }

    static GraphqlException Unknown(string name) => new(400, $"unknown operator {name} in filters");
}
