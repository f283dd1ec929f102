using System.Text;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Tests.Registry;

public sealed class AllocationReaderTests : IAsyncLifetime
{
    static readonly Keypair Alice = Keypair.FromUri("//Alice");
    static readonly Keypair Bob = Keypair.FromUri("//Bob");
    static readonly Keypair Poor = Keypair.FromUri("//Poor");
    static readonly Hotkey Other = Keypair.FromUri("//Other").Hotkey;

    readonly MetagraphSource _metagraphs = new();
    RegistryBench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await RegistryBench.StartAsync();
        _metagraphs.Current = new Metagraph(new Netuid(27), 1, _bench.Time.GetUtcNow(), [Neuron(0, Alice, 20_000), Neuron(1, Bob, 10_001), Neuron(2, Poor, 10_000)]);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Read_WithAValidatorThatListsUs_IsListed()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27, Other);
        _bench.Registry.PutValidator(Bob, "bob00001", 27, Other, RegistryBench.Miner.Hotkey);

        var reading = await ReadAsync(Alice.Hotkey);

        Assert.Equal((AllocationVerdict.Listed, 2, 0), (reading.Verdict, reading.Validators, reading.Skipped));
    }

    [Fact]
    public async Task Read_WithAnEmptyListOfTheAllocator_IsNotListed()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27);

        Assert.Equal(AllocationVerdict.NotListed, (await ReadAsync(Alice.Hotkey)).Verdict);
    }

    [Fact]
    public async Task Read_WithoutTheAllocatorsRun_IsUnknown()
    {
        _bench.Registry.PutValidator(Bob, "bob00001", 27, Other);

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(Alice.Hotkey)).Verdict);
        Assert.Equal(AllocationVerdict.NotListed, (await ReadAsync(null)).Verdict);
    }

    /// <summary>Runs that count for nothing, each beside one that lists us, which still counts.</summary>
    [Theory]
    [InlineData("no JSON", "{{{")]
    [InlineData("a list", "[]")]
    [InlineData("no hotkey", """{"role":{"value":"validator"}}""")]
    [InlineData("hotkey of a wrong type", """{"hotkey":{"value":[1]},"signature":{"value":"00"},"allocated_hotkeys":{"value":[]}}""")]
    [InlineData("unwrapped", """{"hotkey":"5Grw","signature":"00","allocated_hotkeys":[]}""")]
    [InlineData("no text at all", "")]
    [InlineData("bad hex", """{"hotkey":{"value":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},"signature":{"value":"zz"},"allocated_hotkeys":{"value":["SELF"]}}""")]
    [InlineData("forged", """{"hotkey":{"value":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},"signature":{"value":"18dde3d7f3461d9366e533c48585edec85561d80fa9941f9fd2d32a6ddbb852052b6237c7f8217d3538e033364c3d7aae3de769337491bd9864ce4f749b55480"},"allocated_hotkeys":{"value":["SELF"]}}""")]
    [InlineData("a key twice", """{"hotkey":{"value":"a"},"hotkey":{"value":"b"}}""")]
    [InlineData("a key twice below", """{"hotkey":{"value":"a","value":"b"}}""")]
    [InlineData("half a character", """{"hotkey":{"value":"\ud800"}}""")]
    [InlineData("half a character in a key", """{"\ud800":1,"hotkey":{"value":"a"}}""")]
    [InlineData("list of a wrong type", """{"hotkey":{"value":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},"signature":{"value":"00"},"allocated_hotkeys":{"value":"SELF"}}""")]
    public async Task Read_WithAHostileRun_SkipsItAlone(string what, string config)
    {
        config = config.Replace("SELF", RegistryBench.Miner.Hotkey.ToString(), StringComparison.Ordinal);
        // The filter finds these keys; what else the run holds is its owner's.
        var found = """{"role":{"value":"validator"},"config":{"value":{"netuid":27}},"allocated_hotkeys":{"value":[]}}""";
        _bench.Registry.Put("x", "hostile1", "x", found);
        _bench.Registry.Faults.Next(DevRegistryOperation.Runs, DevRegistryFault.Status(200, Page(config)));

        var reading = await ReadAsync(null);

        Assert.True(reading is { Verdict: AllocationVerdict.Unknown, Skipped: 1 }, what);
    }

    [Fact]
    public async Task Read_WithAHugeAndADeepRun_StillHearsTheOthers()
    {
        const string head = """{"role":{"value":"validator"},"config":{"value":{"netuid":27}},"allocated_hotkeys":{"value":[]},"junk":""";
        _bench.Registry.Put("x", "huge0001", "x", head + "\"" + new string('x', 5_000_000) + "\"}");
        _bench.Registry.Put("x", "deep0001", "x", head + string.Concat(Enumerable.Repeat("[", 60)) + new string(']', 60) + "}");
        _bench.Registry.PutValidator(Alice, "alice001", 27, RegistryBench.Miner.Hotkey);

        var reading = await ReadAsync(null);

        Assert.Equal((AllocationVerdict.Listed, 1, 2), (reading.Verdict, reading.Validators, reading.Skipped));
    }

    /// <summary>A signed list may hold what no text is; the others of it stand.</summary>
    [Fact]
    public async Task Read_OfAListWithHalfACharacter_SkipsTheRunAndHearsTheOthers()
    {
        var signature = RunSignature.Sign(Alice, "alice001");
        _bench.Registry.Put("x", "alice001", "x", """{"role":{"value":"validator"},"config":{"value":{"netuid":27}},"hotkey":{"value":"HOTKEY"},"signature":{"value":"SIGNATURE"},"allocated_hotkeys":{"value":["\ud800"]}}"""
            .Replace("HOTKEY", Alice.Hotkey.ToString(), StringComparison.Ordinal).Replace("SIGNATURE", signature, StringComparison.Ordinal));
        _bench.Registry.PutValidator(Bob, "bob00001", 27, RegistryBench.Miner.Hotkey);

        var reading = await ReadAsync(null);

        Assert.Equal((AllocationVerdict.Listed, 1, 1), (reading.Verdict, reading.Validators, reading.Skipped));
    }

    /// <summary>Half an answer is none: a run that was left out could be the one that lists us.</summary>
    [Theory]
    [InlineData("""{"errors":[{"message":"timeout"}],"data":{"project":{"runs":{"edges":[],"pageInfo":{"hasNextPage":false}}}}}""")]
    [InlineData("""{"data":{"project":{"runs":{"edges":[{"node":null}],"pageInfo":{"hasNextPage":false}}}}}""")]
    public async Task Read_OfAPartialAnswer_IsUnknownForALackOfAnswer(string answer)
    {
        _bench.Registry.Faults.Always(DevRegistryOperation.Runs, DevRegistryFault.Status(200, answer));

        var reading = await ReadAsync(null);

        Assert.Equal(AllocationVerdict.Unknown, reading.Verdict);
        Assert.DoesNotContain("no run of a validator", reading.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfAPageThatIsTooLarge_IsUnknown()
    {
        for (var i = 0; i < 4; i++)
            _bench.Registry.Put("x", $"huge000{i}", "x", """{"role":{"value":"validator"},"config":{"value":{"netuid":27}},"allocated_hotkeys":{"value":"LONG"}}""".Replace("LONG", new string('x', 9_000_000), StringComparison.Ordinal));
        _bench.Registry.PutValidator(Alice, "alice001", 27);

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(null)).Verdict);
    }

    [Fact]
    public async Task Read_WithTooLittleStake_DoesNotCount()
    {
        _bench.Registry.PutValidator(Poor, "poor0001", 27, RegistryBench.Miner.Hotkey);
        _bench.Registry.PutValidator(Keypair.FromUri("//Nobody"), "nobody01", 27, RegistryBench.Miner.Hotkey);

        Assert.Equal((AllocationVerdict.Unknown, 2), (await ReadAsync(null) is var reading ? (reading.Verdict, reading.Skipped) : default));
    }

    [Fact]
    public async Task Read_OfManyPages_ReadsThemAll()
    {
        for (var i = 0; i < 120; i++)
            _bench.Registry.PutValidator(Poor, $"poor{i:0000}", 27);
        _bench.Registry.PutValidator(Bob, "bob00001", 27, RegistryBench.Miner.Hotkey);

        var reading = await ReadAsync(null);

        Assert.Equal((AllocationVerdict.Listed, 120), (reading.Verdict, reading.Skipped));
        Assert.Equal(3, _bench.Count(DevRegistryOperation.Runs));
    }

    [Fact]
    public async Task Read_WhereKeysCannotBeNarrowed_AsksForTheWholeConfig()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27, RegistryBench.Miner.Hotkey);
        _bench.Registry.Faults.Next(DevRegistryOperation.Runs, DevRegistryFault.Status(400, """{"errors":[{"message":"Unknown argument keys"}]}"""));

        Assert.Equal(AllocationVerdict.Listed, (await ReadAsync(null)).Verdict);
    }

    [Theory]
    [InlineData("""{"data":{"project":null}}""")]
    [InlineData("""{"data":{"project":{"runs":null}}}""")]
    [InlineData("""{"data":{"project":{"runs":{"edges":null,"pageInfo":{"hasNextPage":false}}}}}""")]
    [InlineData("""{"data":{"project":{"runs":{"edges":[]}}}}""")]
    [InlineData("""{"data":{"project":{"runs":{"edges":[],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}}}}""")]
    [InlineData("""{"data":null}""")]
    [InlineData("[]")]
    public async Task Read_OfAnIncompleteAnswer_IsUnknown(string answer)
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27);
        _bench.Registry.Faults.Always(DevRegistryOperation.Runs, DevRegistryFault.Status(200, answer));

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(null)).Verdict);
    }

    [Fact]
    public async Task Read_OfPagesWithoutEnd_Stops()
    {
        _bench.Registry.Faults.Always(DevRegistryOperation.Runs, DevRegistryFault.Status(200, Page("{}").Replace("false", "true", StringComparison.Ordinal)));

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(null)).Verdict);
        Assert.Equal(2, _bench.Count(DevRegistryOperation.Runs));
    }

    /// <summary>Each page names another one: somebody feeds us.</summary>
    [Fact]
    public async Task Read_OfPagesThatAlwaysGoOn_EndsAndKnowsNothing()
    {
        var page = 0;
        await using var server = new RawServer((_, stream, cancellation) => RawServer.WriteAsync(
            stream, "200 OK", Encoding.UTF8.GetBytes(Page("{}").Replace("false", "true", StringComparison.Ordinal)
                .Replace("\"x\"", $"\"x{Interlocked.Increment(ref page)}\"", StringComparison.Ordinal)), cancellation));
        _bench.Settings.Url = server.Endpoint;

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(null)).Verdict);
        Assert.Equal(200, server.Requests.Count);
    }

    /// <summary>Whether a narrowed configuration keeps its wrappers is the service's affair; validators read both.</summary>
    [Fact]
    public async Task Read_OfARunWithoutWrappers_CountsIt()
    {
        var config = """{"hotkey":"HOTKEY","signature":"SIGNATURE","allocated_hotkeys":["SELF"]}"""
            .Replace("HOTKEY", Alice.Hotkey.ToString(), StringComparison.Ordinal).Replace("SELF", RegistryBench.Miner.Hotkey.ToString(), StringComparison.Ordinal)
            .Replace("SIGNATURE", RunSignature.Sign(Alice, "hostile1"), StringComparison.Ordinal);
        _bench.Registry.Faults.Next(DevRegistryOperation.Runs, DevRegistryFault.Status(200, Page(config)));

        Assert.Equal((AllocationVerdict.Listed, 1), await ReadAsync(null) is var reading ? (reading.Verdict, reading.Validators) : default);
    }

    /// <summary>A tree takes a multiple of its text: one run must not take the machine's memory.</summary>
    [Fact]
    public async Task Read_OfAHugeListInTheKeysThatMatter_SkipsItUnread()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = """{"hotkey":{"value":"x"},"allocated_hotkeys":{"value":[LIST]}}""".Replace("LIST", string.Join(',', Enumerable.Repeat('1', 3_000_000)), StringComparison.Ordinal);
        var made = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(LenientJson.ParseObject(text));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - made, 0, 1 << 20);
        Assert.True(made > before);
        _bench.Registry.Put("x", "huge0001", "x", """{"role":{"value":"validator"},"config":{"value":{"netuid":27}},""" + text[1..]);
        _bench.Registry.PutValidator(Alice, "alice001", 27, RegistryBench.Miner.Hotkey);
        Assert.Equal((AllocationVerdict.Listed, 1), await ReadAsync(null) is var reading ? (reading.Verdict, reading.Skipped) : default);
    }

    [Fact]
    public async Task Read_WithoutTheMetagraph_IsUnknownAndAsksNobody()
    {
        _metagraphs.Current = null;

        Assert.Equal(AllocationVerdict.Unknown, (await ReadAsync(null)).Verdict);
        Assert.Empty(_bench.Registry.Requests);
    }

    Task<AllocationReading> ReadAsync(Hotkey? allocatedBy) =>
        new AllocationReader(_bench.Access, RegistryBench.Miner.Hotkey, new Netuid(27), _metagraphs)
            .ReadAsync(allocatedBy, TestContext.Current.CancellationToken);

    static string Page(string config) => """{"data":{"project":{"runs":{"edges":[{"node":{"name":"hostile1","config":CONFIG}}],"pageInfo":{"hasNextPage":false,"endCursor":"x"}}}}}"""
        .Replace("CONFIG", JsonValue.Create(config).ToJsonString(), StringComparison.Ordinal);

    static Neuron Neuron(ushort uid, Keypair key, double stake) => new() { Uid = new Uid(uid), Hotkey = key.Hotkey, Stake = stake };
}
