using ComputeMiner.Challenges;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Challenges;

public sealed class HashcatProgramTests
{
    [Theory]
    [InlineData("v6.2.6")]
    [InlineData("v6.2.0")]
    [InlineData("v7.1.2-382-g2d71af371", "v7.1.2")]
    public async Task Find_NewEnough_IsFound(string version, string? shown = null)
    {
        using var fake = await FakeHashcat.CreateAsync("", version);

        Assert.Equal(new HashcatProgram(fake.Path, shown ?? version), await fake.FindAsync());
    }

    [Fact]
    public async Task Find_ByName_IsLookedForOnThePath()
    {
        var found = await HashcatProgram.FindAsync("hashcat", TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.EndsWith("/bin/hashcat", found.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nonexistent/hashcat")]
    [InlineData("no-such-hashcat")]
    public async Task Find_Missing_SaysHowToInstallIt(string path)
    {
        var fault = await Assert.ThrowsAsync<HashcatException>(() => HashcatProgram.FindAsync(path, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Equal($"There is no program {path}. Install it with `sudo apt-get install hashcat`, or name it with --miner.hashcat.path.", fault.Message);
    }

    [Theory]
    [InlineData("v6.1.1", "is hashcat v6.1.1; 6.2 or later is needed")]
    [InlineData("v3.00", "is hashcat v3.00; 6.2 or later is needed")]
    [InlineData("GNU bash", "is no hashcat: asked for its version it ended with 0 and 'GNU bash'")]
    [InlineData("", "is no hashcat: asked for its version it ended with 0 and ''")]
    public async Task Find_WrongVersion_SaysWhatItIs(string version, string expected)
    {
        using var fake = await FakeHashcat.CreateAsync("", version);

        Assert.Contains(expected, (await Assert.ThrowsAsync<HashcatException>(fake.FindAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NotExecutable_IsAFault()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        File.SetUnixFileMode(fake.Path, UnixFileMode.UserRead);

        Assert.Contains("is no hashcat", (await Assert.ThrowsAsync<HashcatException>(fake.FindAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoAnswer_EndsAndKillsIt()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        await fake.WriteAsync("hang", $"#!/bin/bash\necho $$ >{fake.Directory}/pid\nexec sleep 1000\n");
        await HostCommand.RunAsync("install", ["-m", "755", Path.Combine(fake.Directory, "hang"), fake.Path]);
        var time = new FakeTimeProvider();

        var finding = HashcatProgram.FindAsync(fake.Path, time, fake.Patience);
        var pid = await fake.ReadAsync("pid");
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Contains("does not tell its version within 10 s", (await Assert.ThrowsAsync<HashcatException>(() => finding)).Message, StringComparison.Ordinal);
        Assert.False(FakeHashcat.IsAlive(pid));
    }
}
