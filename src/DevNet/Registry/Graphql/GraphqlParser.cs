using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevNet.Registry.Graphql;

/// <summary>
/// Reads one operation with its fragments and puts the variables in. Knows what clients of this service send: no subscriptions, no
/// directives.
/// </summary>
sealed class GraphqlParser
{
    /// <summary>Deeper than any client's query, its types and its values, and shallow enough for the stack.</summary>
    const int Deepest = 30;

    /// <summary>More than any client selects, fragments in their places: a few letters can spread to any number.</summary>
    const int MostSelections = 2_000;

    readonly GraphqlLexer _lexer;
    readonly JsonObject _variables;
    readonly Dictionary<string, IReadOnlyList<Selection>> _fragments = [];
    int _spread;

    GraphqlParser(string query, JsonObject variables) => (_lexer, _variables) = (new GraphqlLexer(query).Start(), variables);

    /// <param name="query">The document.</param>
    /// <param name="variables">The values of its variables; one left out is null or its default.</param>
    /// <returns>Whether it is a mutation, and its root fields.</returns>
    /// <exception cref="GraphqlException">400: it is not GraphQL, or names something that is not there.</exception>
    public static (bool IsMutation, IReadOnlyList<GraphqlField> Fields) Parse(string query, JsonObject variables) =>
        new GraphqlParser(query, variables).Document();

    (bool IsMutation, IReadOnlyList<GraphqlField> Fields) Document()
    {
        IReadOnlyList<Selection>? operation = null;
        var isMutation = false;
        while (_lexer.Token.Length > 0)
        {
            if (_lexer.Token == "fragment")
            {
                ReadFragment();
                continue;
            }
            if (operation is not null)
                throw _lexer.Fault("Only one operation is taken");
            isMutation = _lexer.Token == "mutation";
            if (_lexer.Token != "{")
                ReadOperationHead();
            operation = Selections(0);
        }
        return operation is null ? throw _lexer.Fault("No operation") : (isMutation, Flatten(operation, 0));
    }

    void ReadOperationHead()
    {
        if (_lexer.Token is not ("query" or "mutation"))
            throw _lexer.Fault($"Unexpected \"{_lexer.Token}\"");
        _lexer.Next();
        if (_lexer.Token is not ("{" or "("))
            Name();
        if (!Take("("))
            return;
        while (!Take(")"))
        {
            Expect("$");
            var name = Name();
            Expect(":");
            var isRequired = SkipType(0);
            if (Take("="))
                _variables.TryAdd(name, Value(0));
            if (isRequired && _variables[name] is null)
                throw new GraphqlException(400, $"Variable \"${name}\" of a required type was not provided.");
        }
    }

    /// <returns>Whether null is forbidden.</returns>
    bool SkipType(int depth)
    {
        Demand(depth);
        if (Take("["))
        {
            SkipType(depth + 1);
            Expect("]");
        }
        else
        {
            Name();
        }
        return Take("!");
    }

    void ReadFragment()
    {
        _lexer.Next();
        var name = Name();
        Expect("on");
        Name();
        _fragments[name] = Selections(0);
    }

    List<Selection> Selections(int depth)
    {
        Demand(depth);
        Expect("{");
        var selections = new List<Selection>();
        while (!Take("}"))
        {
            if (Take("..."))
            {
                selections.Add(Take("on") ? Inline(depth) : new Selection(null, Name(), []));
                continue;
            }
            var alias = Name();
            var name = Take(":") ? Name() : alias;
            var arguments = Arguments();
            var inner = _lexer.Token == "{" && !_lexer.IsString ? Selections(depth + 1) : [];
            selections.Add(new Selection(new GraphqlField(name, alias, arguments, []), null, inner));
        }
        return selections.Count > 0 ? selections : throw _lexer.Fault("Empty selection");
    }

    Selection Inline(int depth)
    {
        Name();
        return new Selection(null, null, Selections(depth + 1));
    }

    JsonObject Arguments()
    {
        var arguments = new JsonObject();
        if (!Take("("))
            return arguments;
        while (!Take(")"))
        {
            var name = Name();
            Expect(":");
            arguments[name] = Value(0);
        }
        return arguments;
    }

    JsonNode? Value(int depth)
    {
        Demand(depth);
        if (_lexer.IsString)
        {
            var text = _lexer.Token;
            _lexer.Next();
            return text;
        }
        if (Take("$"))
            return _variables[Name()]?.DeepClone();
        if (Take("["))
        {
            var list = new JsonArray();
            while (!Take("]"))
                list.Add(Value(depth + 1));
            return list;
        }
        if (Take("{"))
        {
            var fields = new JsonObject();
            while (!Take("}"))
            {
                var name = Name();
                Expect(":");
                fields[name] = Value(depth + 1);
            }
            return fields;
        }
        var token = _lexer.Token;
        _lexer.Next();
        if (token.Length > 0 && char.IsAsciiLetter(token[0]))
            return token switch { "true" => true, "false" => false, "null" => null, _ => token };
        try
        {
            return JsonNode.Parse(token);
        }
        catch (JsonException)
        {
            throw _lexer.Fault($"Unexpected \"{token}\"");
        }
    }

    /// <summary>Puts the fragments' fields where they are spread.</summary>
    List<GraphqlField> Flatten(IReadOnlyList<Selection> selections, int depth)
    {
        if (depth > Deepest)
            throw new GraphqlException(400, "Fragments refer to each other in a circle, or are nested too deeply.");
        var fields = new List<GraphqlField>();
        foreach (var selection in selections)
        {
            if (++_spread > MostSelections)
                throw new GraphqlException(400, $"More than {MostSelections} fields are selected.");
            if (selection.Field is { } field)
                fields.Add(field with { Selections = Flatten(selection.Inner, depth + 1) });
            else if (selection.Fragment is not { } fragment)
                fields.AddRange(Flatten(selection.Inner, depth + 1));
            else if (_fragments.TryGetValue(fragment, out var spread))
                fields.AddRange(Flatten(spread, depth + 1));
            else
                throw new GraphqlException(400, $"Unknown fragment \"{fragment}\".");
        }
        return fields;
    }

    void Demand(int depth)
    {
        if (depth > Deepest)
            throw _lexer.Fault("Nested too deeply");
    }

    string Name()
    {
        var name = _lexer.Token;
        if (_lexer.IsString || name.Length == 0 || !(char.IsAsciiLetter(name[0]) || name[0] == '_'))
            throw _lexer.Fault($"Expected a name, found \"{name}\"");
        _lexer.Next();
        return name;
    }

    bool Take(string token)
    {
        if (_lexer.IsString || _lexer.Token != token)
            return false;
        _lexer.Next();
        return true;
    }

    void Expect(string token)
    {
        if (!Take(token))
            throw _lexer.Fault($"Expected \"{token}\", found \"{_lexer.Token}\"");
    }

    sealed record Selection(GraphqlField? Field, string? Fragment, IReadOnlyList<Selection> Inner);
}
