using System.Text.RegularExpressions;

namespace ComputeMiner.Tests;

/// <summary>docs/hardening.md answers every row, and what it names as proof is there.</summary>
public partial class HardeningPageTests
{
    /// <summary>First and last id of each group of the reference's weak points.</summary>
    static readonly (char Kind, int First, int Last)[] Groups =
        [('B', 1, 14), ('B', 20, 27), ('B', 30, 37), ('B', 40, 42), ('B', 50, 58), ('B', 60, 70), ('K', 1, 9)];

    static readonly string[] Rows = [.. File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "hardening.md")).Where(line => RowStart().IsMatch(line))];

    [Fact]
    public void Page_EveryId_HasOneRow() => Assert.Equal(
        Groups.SelectMany(group => Enumerable.Range(group.First, group.Last - group.First + 1), (group, number) => group.Kind == 'B' ? $"B{number:00}" : $"K{number}"),
        Rows.Select(row => row.Split('|')[1].Trim()));

    [Fact]
    public void Page_EveryRow_NamesTestsThatExist()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            // A class may be in parts: LauncherTests.Watch.cs.
            .ToLookup(path => Path.GetFileName(path).Split('.')[0], File.ReadAllText);

        Assert.All(Rows, row =>
        {
            var tests = TestName().Matches(row.Split('|')[^2]);
            Assert.NotEmpty(tests);
            Assert.All(tests, test => Assert.Contains(sources[test.Groups[1].Value], source => IsTest(source, test.Groups[2].Value)));
        });
    }

    static bool IsTest(string source, string method) =>
        Regex.IsMatch(source, $@"\[(Fact|Theory)[^\n]*\n(\s*\[[^\n]*\n|\s*#[^\n]*\n)*\s*public [^\n]*\b{method}\(");

    [GeneratedRegex(@"^\| [BK]\d+ \|")]
    private static partial Regex RowStart();

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();
}
