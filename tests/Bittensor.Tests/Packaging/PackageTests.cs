using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Bittensor.Tests.Keys;

namespace Bittensor.Tests.Packaging;

/// <summary>The library as a package: packed from what was built, opened and looked through.</summary>
public sealed class PackageTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Pack_Package_HasDocumentationReadmeLicenseAndSymbols()
    {
        await PackAsync();

        using var package = Open("*.nupkg");
        var names = package.Entries.Select(entry => entry.FullName).ToHashSet();
        Assert.Superset(new HashSet<string> { "lib/net10.0/Bittensor.dll", "lib/net10.0/Bittensor.xml", "README.md" }, names);
        Assert.DoesNotContain(names, name => name.StartsWith("content", StringComparison.Ordinal) || name.EndsWith(".scale", StringComparison.Ordinal));

        var metadata = Read(package, "Bittensor.nuspec").Root!.Elements().Single();
        Assert.Equal("Bittensor", Value(metadata, "id"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Contains("bittensor", Value(metadata, "tags")!.Split(' '));
        Assert.True(Value(metadata, "description")!.Length > 40);
        Assert.DoesNotContain(metadata.Descendants(), element => element.Attribute("url") is not null);
        Assert.Equal(["libsodium", "System.IO.Hashing"], Ids(metadata, "dependency", "id"));
        Assert.Equal(["Microsoft.AspNetCore.App"], Ids(metadata, "frameworkReference", "name"));

        using var symbols = Open("*.snupkg");
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/Bittensor.pdb");
    }

    [Fact]
    public async Task Pack_Documentation_SaysWhatTheSampleUses()
    {
        await PackAsync();

        using var package = Open("*.nupkg");
        var members = Read(package, "lib/net10.0/Bittensor.xml").Descendants("member").ToDictionary(
            member => member.Attribute("name")!.Value, member => member.Element("summary")?.Value.Trim());
        Assert.False(string.IsNullOrEmpty(members["T:Bittensor.Subtensor.SubtensorClient"]));
        Assert.False(string.IsNullOrEmpty(members["P:Bittensor.Subtensor.Metagraph.Neurons"]));
        Assert.False(string.IsNullOrEmpty(members["T:Bittensor.Keys.Keypair"]));
    }

    /// <summary>Takes the library that these tests were built with, so that nothing is compiled again.</summary>
    async Task PackAsync()
    {
        var project = Path.Combine(Root(), "src", "Bittensor", "Bittensor.csproj");
        var start = new ProcessStartInfo("dotnet", ["pack", project, "-c", "Release", "--no-build", "--nologo", "-o", _directory.Path])
        {
            RedirectStandardOutput = true,
        };
        using var pack = Process.Start(start)!;
        var said = await pack.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(pack.ExitCode == 0, said);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
    }

    ZipArchive Open(string pattern) => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_directory.Path, pattern)));

    static XDocument Read(ZipArchive package, string name)
    {
        using var stream = package.GetEntry(name)!.Open();
        return XDocument.Load(stream);
    }

    static string? Value(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    static IEnumerable<string> Ids(XElement metadata, string element, string attribute) =>
        metadata.Descendants().Where(item => item.Name.LocalName == element).Select(item => item.Attribute(attribute)!.Value).Order(StringComparer.OrdinalIgnoreCase);

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ComputeMiner.slnx")))
            directory = directory.Parent;
        return directory!.FullName;
    }
}
