using System.Text;

namespace ComputeMiner.Challenges;

/// <summary>The last lines of a text, for a log line that says why a program failed.</summary>
sealed class TextTail
{
    const int MostLines = 5;
    const int MostCharacters = 300;

    readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        var text = new StringBuilder();
        foreach (var character in line.AsSpan(0, Math.Min(line.Length, MostCharacters)))
            text.Append(char.IsControl(character) ? ' ' : character);
        lock (_lines)
        {
            _lines.Enqueue(text.ToString().Trim());
            if (_lines.Count > MostLines)
                _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join(" | ", _lines.Where(line => line.Length > 0));
    }
}
