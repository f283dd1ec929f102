using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DevNet.Registry.Graphql;

/// <summary>Cuts a GraphQL document into its tokens: names, numbers, strings and punctuators (spec of October 2021, section 2.1).</summary>
sealed class GraphqlLexer(string text)
{
    int _position;

    /// <summary>The token at the reading point; empty at the end.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Whether it is a string, whose content <see cref="Token"/> holds.</summary>
    public bool IsString { get; private set; }

    public GraphqlLexer Start()
    {
        Next();
        return this;
    }

    public void Next()
    {
        SkipIgnored();
        IsString = false;
        if (_position == text.Length)
        {
            Token = "";
            return;
        }
        var start = _position;
        var first = text[_position];
        if (first == '"')
        {
            ReadString();
            return;
        }
        if (IsWord(first) || first == '-')
        {
            while (_position < text.Length && (IsWord(text[_position]) || text[_position] is '-' or '+' or '.'))
                _position++;
        }
        else if (text.AsSpan(start).StartsWith("..."))
        {
            _position += 3;
        }
        else if ("{}()[]:!$=@|&".Contains(first))
        {
            _position++;
        }
        else
        {
            throw Fault($"Cannot parse the unexpected character \"{first}\"");
        }
        Token = text[start.._position];
    }

    public GraphqlException Fault(string message) =>
        new(400, string.Create(CultureInfo.InvariantCulture, $"Syntax Error: {message} (at character {_position})."));

    void SkipIgnored()
    {
        while (_position < text.Length && (char.IsWhiteSpace(text[_position]) || text[_position] is ',' or '#' or '\uFEFF'))
        {
            if (text[_position] == '#')
            {
                while (_position < text.Length && text[_position] != '\n')
                    _position++;
            }
            else
            {
                _position++;
            }
        }
    }

    void ReadString()
    {
        if (text.AsSpan(_position).StartsWith("\"\"\""))
            throw Fault("Block strings are not taken");
        var content = new StringBuilder("\"");
        for (_position++; ; _position++)
        {
            if (_position >= text.Length || text[_position] == '\n')
                throw Fault("Unterminated string");
            content.Append(text[_position]);
            if (text[_position] == '"')
                break;
            if (text[_position] == '\\' && _position + 1 < text.Length)
                content.Append(text[++_position]);
        }
        _position++;
        IsString = true;
        try
        {
            // GraphQL's escapes are JSON's.
            using var document = JsonDocument.Parse(content.ToString());
            Token = document.RootElement.GetString()!;
        }
        catch (JsonException)
        {
            throw Fault("Bad escape in a string");
        }
    }

    static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
