using System.Collections.Concurrent;
using System.Net;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Containers.Egress;

/// <summary>What others do to the firewall and to the engine while a tenant is there.</summary>
public sealed class EgressWatchTests(PrivateDocker docker) : EgressBed(docker)
{
    const int Restored = 3201;

    readonly EventLog _log = new();

    private protected override ILoggerFactory Loggers => _log;

    [Fact]
    public async Task Flush_OfAllRules_IsMendedAndSaidOnce()
    {
        using var service = Docker.Host.Serve(Web);
        var id = await StartAsync();
        var gateway = await GatewayAsync();
        using var watch = new EgressWatch(Engine, TimeProvider.System);
        await watch.StartAsync(Cancellation);
        Assert.False(await ReachesAsync(id, gateway));

        await Docker.Host.RunAsync("iptables", "-F");
        await Docker.Host.RunAsync("iptables", "-P", "FORWARD", "ACCEPT");
        await _log.HearAsync(Restored);

        Assert.False(await ReachesAsync(id, gateway));
        Assert.False(await ReachesAsync(id, "169.254.169.254"));
        await RequireReachedAsync(id, Public);
        await GreetsAsync(Docker.Host, "127.0.0.1", Settings.SshPort);
        await Engine.GuardAsync(Cancellation);
        Assert.Equal(1, _log.Count(Restored));
        await watch.StopAsync(Cancellation);
        // Docker puts its own rules back at its next start only.
        await Docker.StopAsync();
        await Docker.StartAsync();
    }

    /// <summary>Containers go on without their engine; so do the rules.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_WhileTheEngineHangsOrIsGone_IsMended(bool hang)
    {
        await StartAsync();
        using var watch = new EgressWatch(Engine, TimeProvider.System);
        await watch.StartAsync(Cancellation);
        var before = await OursAsync();
        Assert.NotEqual("", before);
        if (hang)
            await Docker.FreezeAsync();
        else
            await Docker.StopAsync(kill: true);

        try
        {
            await Docker.Host.RunAsync("iptables", "-F");
            await _log.HearAsync(Restored).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

            var after = await OursAsync();
            Assert.Equal(Chains(before), Chains(after));
            // Docker's own hook was flushed too.
            Assert.Matches(@"-A FORWARD -i \S+ .*-j CM-\S+-FORWARD", after);
            Assert.Matches(@"-A INPUT -i \S+ .*-j CM-\S+-INPUT", after);
        }
        finally
        {
            await watch.StopAsync(Cancellation);
            if (hang)
            {
                await Docker.ThawAsync();
                // Docker puts its own rules back at its next start only.
                await Docker.StopAsync();
            }
            await Docker.StartAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_OfTheEngine_LeavesNoMomentWithoutRules(bool kill)
    {
        var id = await StartAsync();
        var before = await OursAsync();

        await Docker.StopAsync(kill);
        Assert.Equal(before, await OursAsync());
        await Docker.StartAsync();
        // As the reconciler does with a rental that the engine did not bring back.
        await Engine.StartAsync(id, Cancellation);

        await GreetsAsync(Docker.Host, "127.0.0.1", Settings.SshPort);
        Assert.Equal(before, await OursAsync());
        Assert.False(await ReachesAsync(id, "169.254.169.254"));
        await RequireReachedAsync(id, Public);
        await Engine.GuardAsync(Cancellation);
        Assert.Equal(before, await OursAsync());
        Assert.Equal(0, _log.Count(Restored));
    }

    [Fact]
    public async Task Network_MadeAgain_IsUnderTheSameRules()
    {
        var first = await StartAsync();
        await Engine.RemoveAsync(first, Cancellation);
        await Docker.RunAsync("network", "rm", Settings.Network);

        var second = await StartAsync();

        Assert.False(await ReachesAsync(second, "169.254.169.254"));
        await RequireReachedAsync(second, Public);
    }

    [Fact]
    public async Task RemoveNetworkAsync_NetworkOfAnotherMiner_KeepsItsRules()
    {
        await StartAsync();
        var before = await OursAsync();
        var other = new ContainerOptions { Instance = "another-miner", Endpoint = Settings.Endpoint, Network = Settings.Network };
        using var engine = new DockerEngine(other, TimeProvider.System, Loggers);
        await engine.GuardAsync(Cancellation);

        await engine.RemoveNetworkAsync(Cancellation);

        Assert.Equal(before, await OursAsync());
        Assert.Equal(2, before.Split('\n').Count(line => line.Contains("-i cm", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task GuardAsync_OffOnTheNetworkOfAnotherMiner_LeavesItsRulesAndSaysSo()
    {
        await StartAsync();
        var before = await OursAsync();
        var other = new ContainerOptions { Instance = "another-miner", Endpoint = Settings.Endpoint, Network = Settings.Network };
        other.Egress.Mode = EgressMode.Off;
        using var engine = new DockerEngine(other, TimeProvider.System, Loggers);

        await engine.GuardAsync(Cancellation);

        Assert.Equal(before, await OursAsync());
        Assert.Contains("the other miner", engine.Safeguards[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_OfOthers_StayWhereTheyAre()
    {
        string[] foreign =
        [
            "INPUT -p tcp -m tcp --dport 9 -j DROP", "DOCKER-USER -s 203.0.113.9/32 -j DROP", "FORWARD -d 203.0.113.9/32 -j DROP",
        ];
        foreach (var rule in foreign)
            await Docker.Host.RunAsync("iptables", ["-A", .. rule.Split(' ')]);
        try
        {
            var before = await OthersAsync();
            var id = await StartAsync();
            var between = await OthersAsync();
            await Engine.RemoveAsync(id, Cancellation);
            await Engine.RemoveNetworkAsync(Cancellation);

            Assert.All(before, line => Assert.Contains(line, between));
            Assert.Equal(before, await OthersAsync());
        }
        finally
        {
            foreach (var rule in foreign)
                await Docker.Host.RunAsync("iptables", ["-D", .. rule.Split(' ')]);
        }
    }

    [Fact]
    public async Task Names_AskedForInside_AreResolvedByTheHostsNameServer()
    {
        var resolver = Resolvers.Find().FirstOrDefault(each => each.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);
        if (resolver is not null)
            await Docker.World.RunAsync("ip", "addr", "replace", $"{resolver}/32", "dev", "lo");
        using var dns = new DnsServer(resolver is null ? Docker.Host : Docker.World, resolver ?? IPAddress.Loopback, IPAddress.Parse(Public));
        var id = await StartAsync();

        Assert.StartsWith(Public, (await Docker.ExecAsync(id, "getent ahostsv4 somewhere.example")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_OnANetworkWithIPv6_IsHeldBackThereToo()
    {
        const string internet = "2001:db8:80::80", metadata = "fd00:ec2::254";
        await Docker.RunAsync("network", "create", "--ipv6", "--subnet", "fd12:3456::/64", "--label", $"computeminer.instance={Settings.Instance}", Settings.Network);
        var (host, world) = Docker.Links;
        await Docker.Host.RunAsync("ip", "-6", "addr", "replace", "2001:db8:1::1/64", "dev", host, "nodad");
        await Docker.World.RunAsync("ip", "-6", "addr", "replace", "2001:db8:1::2/64", "dev", world, "nodad");
        await Docker.Host.RunAsync("ip", "-6", "route", "replace", "default", "via", "2001:db8:1::2");
        await Docker.World.RunAsync("ip", "-6", "route", "replace", "default", "via", "2001:db8:1::1");
        foreach (var address in (string[])[internet, metadata])
            await Docker.World.RunAsync("ip", "-6", "addr", "replace", $"{address}/128", "dev", "lo", "nodad");
        using var service = Docker.Host.Serve(Web);
        var id = await StartAsync();

        // Duplicate address detection holds a new address back for a second or two.
        var tries = 0;
        while (!await ReachesAsync(id, internet))
            Assert.True(++tries < 10);
        foreach (var address in (string[])[metadata, "fd12:3456::1", "2001:db8:1::1"])
            Assert.False(await ReachesAsync(id, address), address);

        await LiftAsync();
        foreach (var address in (string[])[metadata, "fd12:3456::1", "2001:db8:1::1"])
            await RequireReachedAsync(id, address);
    }

    static IEnumerable<string> Chains(string rules) => rules.Split('\n').Where(rule => rule.StartsWith("-A CM-", StringComparison.Ordinal)).Order();

    async Task<string> OursAsync() => string.Join('\n', (await RulesAsync()).Where(line => line.Contains("CM-", StringComparison.Ordinal)));

    async Task<string[]> OthersAsync() => [.. (await RulesAsync()).Where(line => !line.Contains("CM-", StringComparison.Ordinal))];

    async Task<string[]> RulesAsync() =>
        [.. (await Docker.Host.RunAsync("iptables-save", "-t", "filter")).Split('\n').Where(line => line.StartsWith("-A", StringComparison.Ordinal))];

    sealed class EventLog : ILoggerFactory, ILogger
    {
        readonly ConcurrentQueue<int> _events = [];

        readonly ConcurrentDictionary<int, TaskCompletionSource> _heard = [];

        public Task HearAsync(int id) => Of(id).Task.WaitAsync(Cancellation);

        public int Count(int id) => _events.Count(each => each == id);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _events.Enqueue(eventId.Id);
            Of(eventId.Id).TrySetResult();
        }

        public void Dispose()
        {
        }

        TaskCompletionSource Of(int id) => _heard.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
