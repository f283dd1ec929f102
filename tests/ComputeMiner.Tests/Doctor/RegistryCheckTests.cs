using ComputeMiner.Doctor;
using ComputeMiner.Registry;
using ComputeMiner.Tests.Registry;
using DevNet;

namespace ComputeMiner.Tests.Doctor;

public sealed class RegistryCheckTests
{
    static readonly string Stranger = new('f', 40);

    [Fact]
    public async Task Key_OfAnAccount_NamesSourceAndAccount()
    {
        await using var bench = await RegistryBench.StartAsync();

        var result = await CheckAsync(bench);

        Assert.Equal(CheckState.Good, result.State);
        Assert.Equal($"key from WANDB_API_KEY, account {DevRegistryAccount.Default.Username} at {bench.Registry.Endpoint.Authority}", result.Finding);
    }

    [Fact]
    public async Task Key_InAFile_NamesTheFile()
    {
        await using var bench = await RegistryBench.StartAsync();
        bench.UseKey(null);
        var file = Path.Combine(bench.StateDirectory, ".netrc");
        await File.WriteAllTextAsync(file, $"machine 127.0.0.1 login user password {DevRegistryAccount.Default.Key}", TestContext.Current.CancellationToken);

        var result = await CheckAsync(bench);

        Assert.Equal(CheckState.Good, result.State);
        Assert.StartsWith($"key from {file}, account", result.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Warning", "none: validators see", "~/.netrc")]
    [InlineData("tooshortforakey", "Failed", "the key from WANDB_API_KEY is shorter than", "wandb.ai/authorize")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffff", "Failed", "the key from WANDB_API_KEY", "take a valid one")]
    public async Task Key_MissingOrWrong_SaysWhatHelps(string? key, string state, string finding, string remedy)
    {
        await using var bench = await RegistryBench.StartAsync();
        bench.UseKey(key);

        var result = await CheckAsync(bench);

        Assert.Equal(state, result.State.ToString());
        Assert.Contains(finding, result.Finding, StringComparison.Ordinal);
        Assert.Contains(remedy, result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_ThatDoesNotAnswer_IsSaidApartFromTheKey()
    {
        await using var bench = await RegistryBench.StartAsync();
        bench.Settings.Url = new Uri("http://127.0.0.1:9");

        var result = await CheckAsync(bench);

        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("not checked: 127.0.0.1:9 does not answer", result.Finding, StringComparison.Ordinal);
        Assert.Contains("--registry.url", result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_InClearTextElsewhere_IsNotAsked()
    {
        await using var bench = await RegistryBench.StartAsync();
        bench.Settings.Url = new Uri("http://registry.invalid");

        var result = await CheckAsync(bench);

        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("clear text", result.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_SwitchedOff_IsSaid()
    {
        await using var bench = await RegistryBench.StartAsync();
        bench.UseKey(Stranger);
        bench.Settings.Kind = RegistryKind.Off;

        var result = await CheckAsync(bench);

        Assert.Equal(CheckState.Good, result.State);
        Assert.Contains("--registry off", result.Finding, StringComparison.Ordinal);
    }

    /// <summary>Whatever is found, no key is in it.</summary>
    static async Task<CheckResult> CheckAsync(RegistryBench bench)
    {
        var key = bench.Keys.Find(bench.Settings.Url)?.Value;
        var result = Assert.Single(await new RegistryCheck(bench.Settings, bench.Keys, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken));
        if (key is not null)
            Assert.DoesNotContain(key, result.ToString(), StringComparison.Ordinal);
        return result;
    }
}
