using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ComputeMiner.Releases;

/// <summary>A version by the rules of Semantic Versioning 2.0.0: three numbers, and for one before its release a hyphen and what it is.</summary>
sealed record ReleaseVersion : IComparable<ReleaseVersion>
{
    /// <summary>Longer ones are nobody's; a version is also a directory's name.</summary>
    const int Longest = 64;

    readonly int[] _numbers;
    readonly string[] _before;

    ReleaseVersion(string text, int[] numbers, string[] before) => (Text, _numbers, _before) = (text, numbers, before);

    /// <summary>This program's.</summary>
    public static ReleaseVersion Own { get; } = TryParse(ProductVersion.Text, out var own) ? own : new ReleaseVersion("0.0.0", [0, 0, 0], []);

    /// <summary>Without what follows a plus sign, which makes no other version (Semantic Versioning 2.0.0, item 10).</summary>
    public string Text { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        if (text is not { Length: > 0 and <= Longest })
            return false;
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var kept = plus < 0 ? text : text[..plus];
        var hyphen = kept.IndexOf('-', StringComparison.Ordinal);
        var numbers = (hyphen < 0 ? kept : kept[..hyphen]).Split('.');
        string[] before = hyphen < 0 ? [] : kept[(hyphen + 1)..].Split('.');
        if (numbers.Length != 3 || !Array.TrueForAll(numbers, IsNumber) || !Array.TrueForAll(before, IsIdentifier))
            return false;
        version = new ReleaseVersion(kept, [.. numbers.Select(Read)], before);
        return true;
    }

    public bool Equals(ReleaseVersion? other) => other is not null && CompareTo(other) == 0;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    /// <summary>By precedence (Semantic Versioning 2.0.0, item 11).</summary>
    public int CompareTo(ReleaseVersion? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i] != other._numbers[i])
                return _numbers[i].CompareTo(other._numbers[i]);
        }
        if (_before.Length == 0 || other._before.Length == 0)
            return other._before.Length.CompareTo(_before.Length) is var which and not 0 ? which : 0;
        for (var i = 0; i < Math.Min(_before.Length, other._before.Length); i++)
        {
            if (Compare(_before[i], other._before[i]) is var order and not 0)
                return order;
        }
        return _before.Length.CompareTo(other._before.Length);
    }

    public static bool operator >(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) > 0;

    public static bool operator <(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) < 0;

    public static bool operator >=(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) >= 0;

    public static bool operator <=(ReleaseVersion left, ReleaseVersion right) => left.CompareTo(right) <= 0;

    static int Compare(string left, string right) => (IsNumber(left), IsNumber(right)) switch
    {
        (true, true) => Read(left).CompareTo(Read(right)),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(left, right),
    };

    static bool IsNumber(string text) => text is "0" || (text.Length is > 0 and <= 9 && text[0] is >= '1' and <= '9' && text.All(char.IsAsciiDigit));

    static bool IsIdentifier(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && (IsNumber(text) || !text.All(char.IsAsciiDigit));

    static int Read(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
