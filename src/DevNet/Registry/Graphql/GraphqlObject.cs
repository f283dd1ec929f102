using System.Text.Json.Nodes;

namespace DevNet.Registry.Graphql;

/// <summary>
/// An object of the schema: its fields by name, each worked out from the arguments when it is selected. A field gives null, a
/// <see cref="JsonNode"/>, another object or a list of objects.
/// </summary>
/// <param name="type">The schema's name of the type, for messages.</param>
sealed class GraphqlObject(string type)
{
    readonly Dictionary<string, (bool IsObject, Func<JsonObject, object?> Resolve)> _fields = [];

    /// <summary>Adds a field with a plain value.</summary>
    public GraphqlObject Value(string name, Func<JsonObject, JsonNode?> resolve)
    {
        _fields.Add(name, (false, resolve));
        return this;
    }

    /// <summary>Adds a field with an object.</summary>
    public GraphqlObject Object(string name, Func<JsonObject, GraphqlObject?> resolve)
    {
        _fields.Add(name, (true, resolve));
        return this;
    }

    /// <summary>Adds a field with a list of objects.</summary>
    public GraphqlObject Objects(string name, Func<JsonObject, IEnumerable<GraphqlObject>> resolve)
    {
        _fields.Add(name, (true, resolve));
        return this;
    }

    /// <summary>What is selected, and nothing else: a client sees only what it asked for.</summary>
    /// <exception cref="GraphqlException">400: a field that is not there, or a selection where there can be none.</exception>
    public JsonObject Select(IReadOnlyList<GraphqlField> selections)
    {
        var answer = new JsonObject();
        foreach (var selected in selections)
        {
            if (selected.Name == "__typename")
            {
                answer[selected.Alias] = type;
                continue;
            }
            if (!_fields.TryGetValue(selected.Name, out var field))
                throw new GraphqlException(400, $"Cannot query field \"{selected.Name}\" on type \"{type}\".");
            if (field.IsObject == (selected.Selections.Count == 0))
                throw new GraphqlException(400, $"Field \"{selected.Name}\" of type \"{type}\" must {(field.IsObject ? "" : "not ")}have a selection of subfields.");
            answer[selected.Alias] = field.Resolve(selected.Arguments) switch
            {
                null => null,
                JsonNode value => value,
                GraphqlObject inner => inner.Select(selected.Selections),
                IEnumerable<GraphqlObject> list => new JsonArray([.. list.Select(JsonNode? (item) => item.Select(selected.Selections))]),
                var other => throw new InvalidOperationException($"{type}.{selected.Name} gave a {other.GetType()}."),
            };
        }
        return answer;
    }
}
