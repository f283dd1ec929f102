using System.Globalization;
using System.Net;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Tests.Presence;
using ComputeMiner.Updates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Updates;

/// <summary>Validators that published their versions by signed extrinsics, a version file over HTTP, and what the census makes of them.</summary>
public sealed class ValidatorCensusTests : IAsyncLifetime
{
    const ulong Tao = 1_000_000_000;

    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly FakeTimeProvider _time = new();
    readonly HttpClient _http = WebFile.CreateClient();
    ChainAndMiner _miner = null!;
    FileServer _server = null!;
    Uri _url = null!;

    public async ValueTask InitializeAsync()
    {
        _miner = await ChainAndMiner.StartAsync();
        _server = await FileServer.StartAsync();
        _url = _server.Put("__init__.py", PublishedVersionsTests.Reference);
    }

    public async ValueTask DisposeAsync()
    {
        await _miner.DisposeAsync();
        await _server.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData(60, "5 validators at block {0}: 1.9.0 × 2, 1.8.8 × 1, 1.8.7 × 1, none × 1; 60 % at or above 1.8.8, not above the threshold", false)]
    [InlineData(59, "5 validators at block {0}: 1.9.0 × 2, 1.8.8 × 1, 1.8.7 × 1, none × 1; 60 % at or above 1.8.8, above the threshold", true)]
    public async Task RunAsync_ValidatorsOfSeveralVersions_CountsThoseWithStakeInOneRead(int threshold, string expected, bool quorum)
    {
        await AddAsync("//A", 20_000, 190);
        await AddAsync("//B", 20_000, 190);
        await AddAsync("//C", 10_000, 188);
        await AddAsync("//D", 20_000, 187);
        await AddAsync("//E", 20_000, null);
        await AddAsync("//Small", 9_999, 190);
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        var census = Census(threshold);

        var said = await census.RunAsync(_miner.Patience);

        Assert.Equal(string.Format(CultureInfo.InvariantCulture, expected, _miner.Metagraphs.Current!.Block), said);
        Assert.Equal((5, 188u, 3, quorum, false), (census.Last!.Validators, census.Last.Minimum, census.Last.Updated, census.Last.IsQuorum, census.IsOutdated));
        Assert.Equal(1, _miner.Logs.Count(6350));
        await census.RunAsync(_miner.Patience);
        Assert.Equal(1, _miner.Logs.Count(6350));
    }

    [Fact]
    public async Task RunAsync_ChainAway_KeepsTheLastCountAndFails()
    {
        await AddAsync("//A", 20_000, 190);
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        var census = Census();
        await census.RunAsync(_miner.Patience);
        var before = census.Last;

        await _miner.Chain.StopListeningAsync();

        await Assert.ThrowsAnyAsync<SubstrateException>(() => census.RunAsync(_miner.Patience));
        Assert.Same(before, census.Last);
    }

    [Fact]
    public async Task RunAsync_VersionFileAway_CountsWithTheCachedMinimumAlsoAfterARestart()
    {
        await AddAsync("//A", 20_000, 187);
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        await Census().RunAsync(_miner.Patience);
        var readAt = _time.GetUtcNow();

        _time.Advance(TimeSpan.FromMinutes(59));
        _server.Fault = 500;
        var restarted = Census();
        Assert.DoesNotContain("HTTP", await restarted.RunAsync(_miner.Patience), StringComparison.Ordinal);
        Assert.Single(_server.Answers);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.EndsWith($"0 % at or above 1.8.8, not above the threshold; minimum version as of {readAt:u}: HTTP 500", await restarted.RunAsync(_miner.Patience), StringComparison.Ordinal);

        _server.Fault = 0;
        Assert.DoesNotContain("HTTP", await restarted.RunAsync(_miner.Patience), StringComparison.Ordinal);
        Assert.Equal(1, _server.Count("__init__.py", 304));
    }

    [Theory]
    [InlineData("404")]
    [InlineData("too long")]
    [InlineData("no version")]
    [InlineData("nobody")]
    [InlineData("off")]
    public async Task RunAsync_NoVersionFile_CountsAllTheSame(string trouble)
    {
        await AddAsync("//A", 20_000, 190);
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        var url = trouble switch
        {
            "404" => new Uri(_server.Root, "nothing"),
            "too long" => _server.Put("long", new byte[VersionFile.LargestFile + 1]),
            "no version" => _server.Put("empty", "print('hello')"),
            "nobody" => new Uri("http://127.0.0.1:9/"),
            _ => null,
        };

        var said = await Census(url: url).RunAsync(_miner.Patience);

        Assert.StartsWith($"1 validator at block {_miner.Metagraphs.Current!.Block}: 1.9.0 × 1; minimum version unknown: ", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_state, VersionFile.FileName)));
    }

    [Fact]
    public async Task RunAsync_MinimumOfMinersAboveOurs_WarnsOnce()
    {
        _url = _server.Put("__init__.py", PublishedVersionsTests.Reference.Replace("1.8.5", "1.9.1", StringComparison.Ordinal));
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        var census = Census();

        await census.RunAsync(_miner.Patience);
        var said = await census.RunAsync(_miner.Patience);

        Assert.True(census.IsOutdated);
        Assert.StartsWith("validators leave out miners below 1.9.1, and this program counts as 1.9.0", said, StringComparison.Ordinal);
        Assert.Equal(1, _miner.Logs.Count(6351));
    }

    [Fact]
    public async Task ReadAsync_AnotherAddressOrABrokenCache_AsksAgain()
    {
        var token = _miner.Patience;
        Assert.Null((await Versions().ReadAsync(token)).Fault);
        Assert.Equal(200u, (await Versions(_server.Put("other", "__version__ = \"2.0.0\"")).ReadAsync(token)).Known!.Versions.Current);
        await File.WriteAllTextAsync(Path.Combine(_state, VersionFile.FileName), "{\"url\": 5", token);

        Assert.Equal(190u, (await Versions().ReadAsync(token)).Known!.Versions.Current);
        Assert.Equal(2, _server.Count("__init__.py", 200));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_state, VersionFile.FileName)));
    }

    public static TheoryData<string> Damaged => new()
    {
        "", "null", "[]", "{}", "{\"url\": 5", "\u0000\u0001\ufffd", new string('[', 5000),
        """{"url":"URL","eTag":null,"readAt":"NOW","versions":null}""",
        """{"url":"URL","eTag":null,"readAt":"NOW"}""",
        """{"url":"URL","readAt":"NOW","versions":[]}""",
        """{"url":"URL","readAt":"NOW","versions":{"current":-1}}""",
        """{"url":"URL","readAt":"NOW","versions":{"minimalMiner":"1.8.5"}}""",
        """{"url":"URL","readAt":"NOW","versions":{"minimalMiner":99999999999}}""",
        """{"url":null,"readAt":"NOW","versions":{}}""",
        """{"url":"URL","readAt":null,"versions":{}}""",
        """{"url":"URL","readAt":"soon","versions":{}}""",
        """{"url":"URL","readAt":"NOW","versions":{"current":190,"minimalMiner":185,"minimalValidator":188}}""" + "HUGE",
    };

    /// <summary>As the file was never there: the census counts, the status is told, and the next answer of the server takes its place.</summary>
    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task RunAsync_DamagedCache_CountsAndAsksAgain(string content)
    {
        await AddAsync("//A", 20_000, 190);
        await _miner.Refresher.RefreshAsync(_miner.Patience);
        var path = Path.Combine(_state, VersionFile.FileName);
        content = content.Replace("URL", _url.AbsoluteUri, StringComparison.Ordinal).Replace("NOW", _time.GetUtcNow().ToString("O"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, content.Replace("HUGE", new string(' ', JsonStateFile<KnownVersions>.Largest), StringComparison.Ordinal), _miner.Patience);
        _server.Fault = 500;
        var census = Census();

        Assert.EndsWith("1.9.0 × 1; minimum version unknown: HTTP 500", await census.RunAsync(_miner.Patience), StringComparison.Ordinal);
        Assert.Equal((false, census.Detail), (census.IsOutdated, census.Detail));

        _server.Fault = 0;
        Assert.EndsWith("100 % at or above 1.8.8, above the threshold", await census.RunAsync(_miner.Patience), StringComparison.Ordinal);
        Assert.Equal(new PublishedVersions(190, 185, 188), (await Versions().ReadAsync(_miner.Patience)).Known!.Versions);
    }

    public static TheoryData<string, byte[]> Served => new()
    {
        { "nothing", [] },
        { "binary", [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 37))] },
        { "nulls", new byte[VersionFile.LargestFile] },
        { "a page", "<html><body>__version__ = \"1.9.0\"</body></html>"u8.ToArray() },
        { "one line", [.. "__version__ = "u8, .. Enumerable.Repeat((byte)'9', VersionFile.LargestFile - 100)] },
        { "null", "null"u8.ToArray() },
    };

    /// <summary>What was known stays, in memory and on disk.</summary>
    [Theory]
    [MemberData(nameof(Served))]
    public async Task ReadAsync_HostileFileServed_KeepsWhatWasKnown(string name, byte[] content)
    {
        Assert.Null((await Versions().ReadAsync(_miner.Patience)).Fault);
        var before = await File.ReadAllTextAsync(Path.Combine(_state, VersionFile.FileName), _miner.Patience);
        _server.Put("__init__.py", content);
        _time.Advance(TimeSpan.FromHours(2));

        var (known, fault) = await Versions().ReadAsync(_miner.Patience);

        Assert.Equal((name, new PublishedVersions(190, 185, 188), "it names no version"), (name, known!.Versions, fault));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(_state, VersionFile.FileName), _miner.Patience));
    }

    VersionFile Versions(Uri? url = null) => new(url ?? _url, _state, _http, _time);

    ValidatorCensus Census(int threshold = 60) => Census(_url, threshold);

    ValidatorCensus Census(Uri? url, int threshold = 60) => new(
        _miner.Client, ChainAndMiner.Netuid, _miner.Metagraphs, new VersionFile(url, _state, _http, _time), threshold, 10_000, MinerHost.SubnetVersion,
        _time, _miner.Logs.CreateLogger<ValidatorCensus>());

    async Task AddAsync(string uri, ulong stake, uint? version)
    {
        using var validator = Keypair.FromUri(uri);
        _miner.Chain.RegisterNeuron(ChainAndMiner.Netuid, validator.Hotkey, validator.Coldkey);
        _miner.Chain.SetStake(ChainAndMiner.Netuid, validator.Hotkey, stake * Tao);
        if (version is not { } published)
            return;
        var call = new ServePrometheusCall(published, IPAddress.Parse("203.0.113.20"), 8091);
        await _miner.MakingBlocksAsync(_miner.Client.ServePrometheusAsync(ChainAndMiner.Netuid, call, validator, _miner.Patience));
    }
}
