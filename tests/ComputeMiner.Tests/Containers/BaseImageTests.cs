using System.Formats.Tar;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

[Collection(DockerCollection.Name)]
public class BaseImageTests(DockerFixture docker)
{
    [Fact]
    public async Task PrepareAsync_Image_HoldsNoPasswordNoKeysAndKnowsItsRecipe()
    {
        var id = (await HostCommand.RunAsync("docker", ["create", docker.Image.Id, "/bin/true"])).Trim();
        try
        {
            using var directory = new TemporaryDirectory();
            var tar = directory.At("image.tar");
            await HostCommand.RunAsync("docker", ["export", "-o", tar, id]);
            var (names, shadow) = Read(tar);

            Assert.Contains("usr/sbin/sshd", names);
            Assert.DoesNotContain(names, each => each.StartsWith("etc/ssh/ssh_host_", StringComparison.Ordinal));
            Assert.DoesNotContain("root/.ssh/authorized_keys", names);
            Assert.All(shadow.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.Split(':')[1], (string[])["*", "!", "!*", "!!"]));
        }
        finally
        {
            await HostCommand.RunAsync("docker", ["rm", id]);
        }
        var label = await HostCommand.RunAsync("docker", ["inspect", "--format", $"{{{{index .Config.Labels \"{ContainerLabels.RecipeKey}\"}}}}", docker.Image.Id]);
        Assert.Equal(ImageRecipe.VersionOf(null), label.Trim());
    }

    [Fact]
    public async Task PrepareAsync_NamedImage_IsDerivedOnceWithSshd()
    {
        var settings = new ContainerOptions { Instance = DockerFixture.Instance, Network = docker.Settings.Network, Image = docker.Image.Reference };
        using var engine = new DockerEngine(settings, TimeProvider.System, NullLoggerFactory.Instance);
        var steps = new List<PreparationStep>();
        var progress = new Steps(steps);
        try
        {
            var first = await engine.PrepareImageAsync(progress, TestContext.Current.CancellationToken);
            var second = await engine.PrepareImageAsync(null, TestContext.Current.CancellationToken);

            Assert.NotEqual(docker.Image.Id, first.Id);
            Assert.Equal(first, second);
            Assert.StartsWith("root:*:", first.Shadow, StringComparison.Ordinal);
            Assert.Equal(100, steps[^1].Percent);
            Assert.Equal(steps.Select(each => each.Percent).Order(), steps.Select(each => each.Percent));
        }
        finally
        {
            await HostCommand.TryRunAsync("docker", ["rmi", $"{ImageRecipe.Repository}:{ImageRecipe.VersionOf(docker.Image.Reference)}"]);
        }
    }

    [Fact]
    public async Task PrepareAsync_ImageWhoseContainersDoNotDoAsTold_IsRefusedAndLeavesNoContainer()
    {
        var broken = $"{DockerFixture.Instance}-mute";
        using var directory = new TemporaryDirectory();
        File.WriteAllText(
            directory.At("Dockerfile"), $"FROM {docker.Image.Reference}\nRUN printf '#!/bin/sh\\necho silence\\n' > /bin/echo\n");
        await HostCommand.RunAsync("docker", ["build", "-q", "-t", broken, directory.Path]);
        var settings = new ContainerOptions { Instance = DockerFixture.Instance + "-mute", Network = docker.Settings.Network, Image = broken, SshPort = FreePort.Next() };
        using var engine = new DockerEngine(settings, TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            var fault = await Assert.ThrowsAsync<BaseImageException>(() => engine.PrepareImageAsync(null, TestContext.Current.CancellationToken));

            Assert.Contains("silence", fault.Message, StringComparison.Ordinal);
            Assert.Contains("compute-subnet", fault.Message, StringComparison.Ordinal);
            Assert.Empty(await HostCommand.RunAsync("docker", ["ps", "-aq", "--filter", $"label={ContainerLabels.InstanceKey}={settings.Instance}"]));
        }
        finally
        {
            await HostCommand.TryRunAsync("docker", ["rmi", $"{ImageRecipe.Repository}:{ImageRecipe.VersionOf(broken)}", broken]);
        }
    }

    [Fact]
    public async Task PrepareAsync_ImagesOfEarlierRecipes_GoWhenNobodyUsesThem()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var tag = $"{ImageRecipe.Repository}:{DockerFixture.Instance}";
        var settings = new ContainerOptions { Instance = DockerFixture.Instance, Network = docker.Settings.Network, Image = docker.Image.Reference };
        var clock = new WallClock(TimeProvider.System);
        using var engine = new DockerEngine(settings, clock, NullLoggerFactory.Instance);
        await BuildAsync($"{tag}-unused", settings.Image);
        await BuildAsync($"{tag}-used", settings.Image);
        await BuildAsync($"{tag}-other", "another base");
        var user = (await HostCommand.RunAsync("docker", ["create", $"{tag}-used", "/bin/true"])).Trim();
        try
        {
            await engine.PrepareImageAsync(null, cancellation);
            Assert.Equal(["other", "unused", "used"], await TagsAsync());

            clock.Set(TimeSpan.FromDays(2));
            await engine.PrepareImageAsync(null, cancellation);
            Assert.Equal(["other", "used"], await TagsAsync());
        }
        finally
        {
            await HostCommand.TryRunAsync("docker", ["rm", user]);
            await HostCommand.TryRunAsync(
                "docker", ["rmi", $"{tag}-unused", $"{tag}-used", $"{tag}-other", $"{ImageRecipe.Repository}:{ImageRecipe.VersionOf(settings.Image)}"]);
        }

        static Task<string> BuildAsync(string name, string baseName) => HostCommand.RunAsync(
            "docker", ["build", "-q", "-t", name, "-"], $"FROM {ImageRecipe.Repository}:{ImageRecipe.VersionOf(null)}\nLABEL {ContainerLabels.RecipeKey}=\"{name}\" {ContainerLabels.BaseKey}=\"{baseName}\"\n");

        async Task<IEnumerable<string>> TagsAsync() => (await HostCommand.RunAsync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"]))
            .Split('\n').Where(each => each.StartsWith(tag + "-", StringComparison.Ordinal)).Select(each => each[(tag.Length + 1)..]).Order();
    }

    static (HashSet<string> Names, string Shadow) Read(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new TarReader(file);
        var names = new HashSet<string>();
        var shadow = "";
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
            if (entry.Name == "etc/shadow")
                shadow = new StreamReader(entry.DataStream!).ReadToEnd();
        }
        return (names, shadow);
    }

    sealed class Steps(List<PreparationStep> list) : IProgress<PreparationStep>
    {
        public void Report(PreparationStep value) => list.Add(value);
    }
}
