using System.Diagnostics;

namespace DevNet.Tests.Samples;

/// <summary>
/// The package as somebody else takes it: a project outside this repository that refers to the packed library, holds the README's sample and
/// is built and run. What the library depends on comes from the packages this machine has, so that nothing is downloaded.
/// </summary>
public sealed class PackageSampleTests : IDisposable
{
    const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Bittensor" Version="*-*" />
          </ItemGroup>
        </Project>
        """;

    readonly string _directory = Directory.CreateTempSubdirectory("bittensor-package-").FullName;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Run_SampleInAProjectOfItsOwn_ReadsTheChainThroughThePackage()
    {
        await using var neuron = await ServingNeuron.StartAsync(Cancellation);
        var root = ReadMetagraphTests.Root();
        var application = Directory.CreateDirectory(Path.Combine(_directory, "application")).FullName;
        File.Copy(Path.Combine(root, "samples", "ReadMetagraph", "Program.cs"), Path.Combine(application, "Program.cs"));
        await File.WriteAllTextAsync(Path.Combine(application, "application.csproj"), Project, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(application, "nuget.config"), Sources(), Cancellation);

        await RunAsync(
            "dotnet", "pack", Path.Combine(root, "src", "Bittensor", "Bittensor.csproj"), "-c", "Release", "--no-build", "--nologo", "-o",
            Path.Combine(_directory, "feed"));
        await RunAsync("dotnet", "build", application, "-c", "Release", "--nologo", "-o", Path.Combine(_directory, "built"));
        var output = await RunAsync(Path.Combine(_directory, "built", "application"), neuron.Chain.Endpoint.ToString());

        neuron.AssertPrinted(output);
    }

    string Sources()
    {
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{_directory}/feed" /></packageSources>
              <fallbackPackageFolders><clear /><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """;
    }

    async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = _directory };
        // Its own, so that the next package of the same version is not taken for this one; and no server that outlives the test.
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_directory, "packages");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
