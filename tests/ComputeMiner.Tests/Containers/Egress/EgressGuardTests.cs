using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Tests.Containers.Egress;

/// <summary>Asked from inside a container.</summary>
public sealed class EgressGuardTests(PrivateDocker docker) : EgressBed(docker)
{
    [Fact]
    public async Task Container_PrivateAddresses_AreOutOfReachAndTheInternetIsNot()
    {
        var id = await StartAsync();

        await RequireReachedAsync(id, Public);
        await RequireReachedAsync(id, PrivateDocker.WorldAddress);
        foreach (var address in Private)
            Assert.False(await ReachesAsync(id, address), address);
        // Without the rules they are: what held the container back was not the test bed.
        await LiftAsync();
        foreach (var address in Private)
            await RequireReachedAsync(id, address);
    }

    [Fact]
    public async Task Container_ServicesOfItsHost_AreOutOfReachAtEveryAddress()
    {
        using var service = Docker.Host.Serve(Web);
        var id = await StartAsync();
        var gateway = await GatewayAsync();

        foreach (var address in (string[])[gateway, PrivateDocker.HostAddress, "172.17.0.1"])
            Assert.False(await ReachesAsync(id, address), address);

        await LiftAsync();
        await RequireReachedAsync(id, gateway);
    }

    [Fact]
    public async Task Container_MailPorts_AreRefused()
    {
        var id = await StartAsync();

        foreach (var port in (int[])[25, 465, 587])
        {
            using var mail = Docker.World.Serve(port);
            Assert.False(await ReachesAsync(id, Public, port), $"port {port}");
            Assert.Equal(0, mail.Served);
        }
    }

    [Fact]
    public async Task Container_AnotherOnItsNetwork_IsOutOfReach()
    {
        var id = await StartAsync();
        var other = await StartAsync("other", 4445);
        await GreetsAsync(Docker.World, PrivateDocker.HostAddress, 4445);
        var address = (await Docker.RunAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", other)).Trim();

        Assert.False(await ReachesAsync(id, address, 22));
        Assert.False(await ReachesAsync(id, PrivateDocker.HostAddress, 4445));
    }

    [Fact]
    public async Task Ssh_ThroughThePublishedPort_GreetsFromEverywhere()
    {
        await StartAsync();

        await GreetsAsync(Docker.World, PrivateDocker.HostAddress, Settings.SshPort);
        await GreetsAsync(Docker.Host, "127.0.0.1", Settings.SshPort);
        await GreetsAsync(Docker.Host, PrivateDocker.HostAddress, Settings.SshPort);
    }

    [Fact]
    public async Task Ssh_FromALanAddress_IsAnswered()
    {
        await StartAsync();

        var greeting = await Docker.World.Open(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.168.77.7"), 0));
            return ReadAsync(socket, PrivateDocker.HostAddress, Settings.SshPort);
        });

        Assert.StartsWith("SSH-2.0", greeting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_MoreConnectionsThanItMay_AreRefused()
    {
        (Settings.Egress.Connections, Settings.Egress.ConnectionsPerSecond) = (20, 1000);
        var id = await StartAsync();

        var (_, open, _) = await Docker.ExecAsync(id, Python($"""
            import socket
            kept = []
            for i in range(50):
                s = socket.socket(); s.settimeout(2)
                try:
                    s.connect(('{Public}', {Web})); kept.append(s)
                except OSError: pass
            print(len(kept))
            """));

        Assert.Equal("20", open.Trim());
    }

    [Fact]
    public async Task Container_FasterConnectionsThanItMay_AreHeldBack()
    {
        (Settings.Egress.Connections, Settings.Egress.ConnectionsPerSecond) = (1000, 5);
        var id = await StartAsync();

        // A burst of 20, and 5 in each second after it; what was held back tries again after 1 s and 3 s.
        var (_, open, _) = await Docker.ExecAsync(id, Python($"""
            import socket, time
            tried = []
            for i in range(200):
                s = socket.socket(); s.setblocking(False); s.connect_ex(('{Public}', {Web})); tried.append(s)
            time.sleep(0.5)
            good = 0
            for s in tried:
                try:
                    s.getpeername(); good += 1
                except OSError: pass
            print(good)
            """));

        Assert.InRange(int.Parse(open.Trim(), System.Globalization.CultureInfo.InvariantCulture), 20, 60);
    }

    [Fact]
    public async Task Container_SendsMoreThanItMay_IsHeldNearTheCapAndSshIsNot()
    {
        const int Cap = 512 * 1024;
        const double Span = 6;
        Settings.Egress.Upload = Cap / 1024;
        var id = await StartAsync();

        var flood = SentPerSecondAsync(id, Span);
        do
            await GreetsAsync(Docker.World, PrivateDocker.HostAddress, Settings.SshPort);
        while (!flood.IsCompleted);
        var capped = await flood;
        await LiftAsync();
        var free = await SentPerSecondAsync(id, Span);

        // The burst and what lies in the sockets come on top; retransmissions count too, so that less may arrive.
        Assert.InRange(capped, 0.4 * Cap, 2.0 * Cap);
        Assert.True(free > 10 * capped, $"{free:F0} bytes/s without the cap, {capped:F0} with it");
    }

    [Fact]
    public async Task Container_ReceivesMoreThanItMay_IsHeldNearTheCapAndSshIsNot()
    {
        const int Cap = 512 * 1024;
        const double Span = 6;
        Settings.Egress.Download = Cap / 1024;
        var id = await StartAsync();

        var flood = ReceivedPerSecondAsync(id, Span);
        do
            await GreetsAsync(Docker.World, PrivateDocker.HostAddress, Settings.SshPort);
        while (!flood.IsCompleted);
        var capped = await flood;
        await LiftAsync();
        var free = await ReceivedPerSecondAsync(id, Span);

        Assert.InRange(capped, 0.3 * Cap, 2.0 * Cap);
        Assert.True(free > 10 * capped, $"{free:F0} bytes/s without the cap, {capped:F0} with it");
    }

    /// <summary>A rate below zero stands for what a kernel does not take: iptables refuses the whole change for it.</summary>
    [Theory]
    [InlineData(-1, 100, "100 new connections/s, 4000 at once; without -1 KiB/s sent")]
    [InlineData(640, -1, "640 KiB/s sent; without -1 new connections/s, 4000 at once")]
    [InlineData(-1, -1, "no caps; without -1 new connections/s, 4000 at once, -1 KiB/s sent")]
    public async Task Caps_OneCannotBeSet_TheOthersAreAndItIsSaid(int upload, int rate, string said)
    {
        (Settings.Egress.Upload, Settings.Egress.ConnectionsPerSecond) = (upload, rate);
        var id = await StartAsync();

        Assert.False(await ReachesAsync(id, "169.254.169.254"));
        await RequireReachedAsync(id, Public);
        Assert.Contains(said, Engine.Safeguards[0].Detail, StringComparison.Ordinal);
        var rules = await Docker.Host.RunAsync("iptables-save", "-t", "filter");
        Assert.Equal(rate > 0, rules.Contains("--connlimit-above", StringComparison.Ordinal));
        Assert.Equal(upload > 0, rules.Contains("--hashlimit-above 640kb/s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GuardAsync_CapOnDownloadsTakenBack_RemovesItsChain()
    {
        Settings.Egress.Download = 1000;
        await StartAsync();
        Assert.Contains("-INWARD", await Docker.Host.RunAsync("iptables-save"), StringComparison.Ordinal);
        Settings.Egress.Download = null;

        await Engine.GuardAsync(Cancellation);

        Assert.DoesNotContain("-INWARD", await Docker.Host.RunAsync("iptables-save"), StringComparison.Ordinal);
        Assert.Contains("-FORWARD", await Docker.Host.RunAsync("iptables-save"), StringComparison.Ordinal);
    }

    async Task<double> ReceivedPerSecondAsync(string id, double seconds)
    {
        using var listener = Listen();
        var receiving = Docker.ExecAsync(id, $"timeout {seconds:F0} bash -c 'cat < /dev/tcp/{Public}/9099' | wc -c");
        using var sender = await listener.AcceptSocketAsync(Cancellation);
        var flood = FloodAsync(sender);
        var received = long.Parse((await receiving).Output.Trim(), System.Globalization.CultureInfo.InvariantCulture);
        sender.Close();
        await flood;
        return received / seconds;
    }

    static async Task FloodAsync(Socket sender)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await sender.SendAsync(buffer, Cancellation) > 0)
            {
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The container's time was over.
        }
    }

    TcpListener Listen() => Docker.World.Open(() =>
    {
        var made = new TcpListener(IPAddress.Any, 9099);
        made.Start();
        return made;
    });

    // What arrives counts: a sender's buffers would take some more.
    async Task<double> SentPerSecondAsync(string id, double seconds)
    {
        using var listener = Listen();
        var sending = Docker.ExecAsync(id, $"timeout {seconds:F0} bash -c 'cat /dev/zero > /dev/tcp/{Public}/9099'");
        using var receiver = await listener.AcceptSocketAsync(Cancellation);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (buffer, total) = (new byte[1 << 16], 0L);
        while (clock.Elapsed.TotalSeconds < seconds && await receiver.ReceiveAsync(buffer, Cancellation) is > 0 and var read)
            total += read;
        var rate = total / clock.Elapsed.TotalSeconds;
        receiver.Close();
        await sending;
        return rate;
    }
}
