using System.Globalization;
using System.Text.RegularExpressions;

namespace ComputeMiner.Tests;

/// <summary>Holds the house together: who may know whom, what files may be called and how long they may get.</summary>
public partial class ArchitectureTests
{
    const int MostLines = 400;

    static readonly string Root = Checkout.Root;
    static readonly SourceFile[] Sources = [.. Read("src")];

    /// <summary>Folder (of a namespace), and the folders of our own it must not know.</summary>
    public static TheoryData<string, string[]> Arrows => new()
    {
        { "Bittensor.Crypto", ["Bittensor."] },
        { "Bittensor.Files", ["Bittensor."] },
        { "Bittensor.Scale", ["Bittensor."] },
        { "Bittensor.Keys", ["Bittensor.Axon", "Bittensor.Compute", "Bittensor.Dendrite", "Bittensor.Scale", "Bittensor.Substrate",
            "Bittensor.Subtensor", "Bittensor.Synapses"] },
        { "Bittensor.Substrate",
            ["Bittensor.Axon", "Bittensor.Compute", "Bittensor.Dendrite", "Bittensor.Subtensor", "Bittensor.Synapses"] },
        { "Bittensor.Subtensor", ["Bittensor.Axon", "Bittensor.Compute", "Bittensor.Dendrite", "Bittensor.Synapses"] },
        { "Bittensor.Synapses",
            ["Bittensor.Axon", "Bittensor.Compute", "Bittensor.Dendrite", "Bittensor.Substrate", "Bittensor.Subtensor"] },
        { "Bittensor.Axon", ["Bittensor.Dendrite", "Bittensor.Substrate", "Bittensor.Subtensor"] },
        { "Bittensor.Axon.Transport", ["Bittensor."] },
        { "Bittensor.Dendrite", ["Bittensor.Axon", "Bittensor.Substrate", "Bittensor.Subtensor"] },
        { "Bittensor.Compute", ["Bittensor.Axon", "Bittensor.Dendrite", "Bittensor.Substrate", "Bittensor.Subtensor"] },
        { "Bittensor", ["ComputeMiner", "DevNet", "Docker.DotNet"] },
        { "DevNet", ["ComputeMiner", "Docker.DotNet"] },
        { "ComputeMiner.Containers", ["ComputeMiner.Allocations", "ComputeMiner.Admission", "ComputeMiner.Presence"] },
        { "ComputeMiner.Gpus", ["ComputeMiner."] },
        { "ComputeMiner.Admission", ["ComputeMiner.Allocations", "ComputeMiner.Containers", "ComputeMiner.Presence"] },
        { "ComputeMiner.Allocations", ["ComputeMiner.Admission", "ComputeMiner.Control", "ComputeMiner.Notices", "ComputeMiner.Presence"] },
        { "ComputeMiner.Control", ["ComputeMiner.Admission", "ComputeMiner.Containers", "ComputeMiner.Presence"] },
        { "ComputeMiner.Challenges", ["ComputeMiner.Admission", "ComputeMiner.Allocations", "ComputeMiner.Containers", "ComputeMiner.Presence"] },
        { "ComputeMiner.Specs", ["ComputeMiner.Admission", "ComputeMiner.Allocations", "ComputeMiner.Presence", "ComputeMiner.Registry"] },
        { "ComputeMiner.Presence", ["ComputeMiner.Allocations", "ComputeMiner.Containers"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void Using_AgainstAnArrow_None(string space, string[] forbidden) => Assert.Empty(
        from file in Sources
        where IsIn(file.Namespace, space)
        from import in file.Imports
        where !IsIn(import, space)
            && Array.Exists(forbidden, f => f.EndsWith('.') ? import.StartsWith(f, StringComparison.Ordinal) : IsIn(import, f))
        select $"{file.Name} uses {import}");

    [Fact]
    public void DockerDotNet_OutsideContainers_Unseen() => Assert.All(
        Sources.Where(f => f.Text.Contains("Docker.DotNet", StringComparison.Ordinal)),
        f => Assert.True(IsIn(f.Namespace, "ComputeMiner.Containers"), f.Name));

    /// <summary>Only the composition root and the commands among themselves know the command line and the dashboard.</summary>
    [Theory]
    [InlineData("ComputeMiner.Cli")]
    [InlineData("ComputeMiner.Dashboard")]
    public void Edge_FromInside_Unknown(string edge) => Assert.Empty(
        from file in Sources
        where file.Namespace is not ("" or "ComputeMiner") && !Edges.Exists(e => IsIn(file.Namespace, e))
        where file.Imports.Any(i => IsIn(i, edge))
        select $"{file.Name} uses {edge}");

    static readonly List<string> Edges = ["ComputeMiner.Cli", "ComputeMiner.Dashboard", "ComputeMiner.Demo", "ComputeMiner.Validator"];

    [Fact]
    public void ProjectReferences_OneWay()
    {
        Assert.Empty(References("Bittensor"));
        Assert.Equal(["Bittensor"], References("DevNet"));
        Assert.Equal(["Bittensor", "DevNet"], References("ComputeMiner").Order());

        static IEnumerable<string> References(string project) => ProjectReference()
            .Matches(File.ReadAllText(Path.Combine(Root, "src", project, project + ".csproj"))).Select(m => m.Groups[1].Value);
    }

    [Fact]
    public void Namespaces_OfEveryFile_AreItsFolder() => Assert.Empty(
        Sources.Where(f => f.Namespace is not "" && f.Namespace != f.Folder).Select(f => $"{f.Name} declares {f.Namespace}"));

    [Fact]
    public void Folders_UnderSource_StandInTheArchitecturePage()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "architecture.md"));

        Assert.All(Sources.Select(f => f.Folder.Replace('.', '/')).Distinct(), f =>
            Assert.Contains($"`{f}/`", page, StringComparison.Ordinal));
    }

    /// <summary>What must outlive a power failure has one way to the disk; a drill's orders need not, disks that go away are
    /// swept, a key file is never replaced unasked, and a release takes its place as a whole directory.</summary>
    [Fact]
    public void Renames_OfFiles_AreMadeDurableInOnePlace() => Assert.Equal(
        ["DrillOrder.cs", "DurableFile.cs", "LoopDisks.cs", "PrivateFile.cs", "ReleaseArchive.cs"],
        Sources.Where(f => f.Text.Contains("File.Move(", StringComparison.Ordinal) || f.Text.Contains("flushToDisk", StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f.Name)).Order());

    [Fact]
    public void Files_OfCode_StayShort() => Assert.Empty(
        Sources.Concat(Read("tests")).Where(f => f.Lines > MostLines && !IsTable(f)).Select(f => $"{f.Name}: {f.Lines} lines"));

    [Fact]
    public void Names_OfFiles_SayWhatTheyAre() => Assert.All(
        Sources, f => Assert.DoesNotMatch(BannedName(), Path.GetFileNameWithoutExtension(f.Name)));

    [Fact]
    public void EventIds_InTheirRange_AndUnique()
    {
        var events = (
            from file in Sources
            from match in LoggerMessageId().Matches(file.Text)
            select (file.Name, file.Namespace, Id: int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))).ToList();

        Assert.NotEmpty(events);
        Assert.Empty(events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => string.Join(", ", g)));
        Assert.All(events, e => Assert.Equal(Range(e.Namespace), e.Id / 1000));

        static int Range(string space) => space switch
        {
            "Bittensor.Axon" or "Bittensor.Axon.Transport" or "ComputeMiner.Admission" => 1,
            "ComputeMiner.Allocations" => 2,
            "ComputeMiner.Containers" or "ComputeMiner.Containers.Disks" or "ComputeMiner.Containers.Egress" => 3,
            "Bittensor.Substrate" or "Bittensor.Subtensor" or "ComputeMiner.Presence" => 4,
            "ComputeMiner.Challenges" => 5,
            _ => 6,
        };
    }

    static bool IsIn(string name, string space) => name == space || name.StartsWith(space + ".", StringComparison.Ordinal);

    static bool IsTable(SourceFile file) => file.Name.EndsWith("MnemonicWords.cs", StringComparison.Ordinal);

    static IEnumerable<SourceFile> Read(string under) => Directory
        .EnumerateFiles(Path.Combine(Root, under), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/node_modules/", StringComparison.Ordinal))
        .Select(path =>
        {
            var text = File.ReadAllText(path);
            var name = Path.GetRelativePath(Root, path);
            return new SourceFile(
                name,
                Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Root, under), path))!.Replace('/', '.'),
                NamespaceLine().Match(text).Groups[1].Value,
                [.. UsingLine().Matches(text).Select(m => m.Groups[1].Value)],
                text);
        });

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/(\w+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"Manager|Helper|Utils|Common|Misc")]
    private static partial Regex BannedName();

    [GeneratedRegex(@"LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex LoggerMessageId();

    sealed record SourceFile(string Name, string Folder, string Namespace, string[] Imports, string Text)
    {
        public int Lines { get; } = Text.Count(c => c == '\n');
    }
}
