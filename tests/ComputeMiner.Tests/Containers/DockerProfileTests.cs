using System.Globalization;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>The limits of the profile, each tried from inside by a tenant's root.</summary>
[Collection(DockerCollection.Name)]
public sealed class DockerProfileTests(DockerFixture docker) : IAsyncLifetime
{
    const long GiB = 1L << 30;

    // capability.h: CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, FSETID 4, KILL 5, SETGID 6, SETUID 7, NET_BIND_SERVICE 10, SYS_CHROOT 18,
    // AUDIT_WRITE 29, SETFCAP 31, and nothing else.
    const long Granted = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 18 | 1 << 29 | 1L << 31;

    string _id = "";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _id = await StartAsync(docker.Engine, docker.Settings.RentalName, docker.Settings.SshPort);

    public async ValueTask DisposeAsync() => await docker.RemoveAllAsync();

    [Fact]
    public void ToProbe_TwoOfOneMiner_TellWhoseTheyAreAndKeepOutOfEachOthersWay()
    {
        var probes = new[] { DockerProfile.ToProbe("image", docker.Settings, null), DockerProfile.ToProbe("image", docker.Settings, null) };

        Assert.All(probes, each => Assert.StartsWith(docker.Settings.NamePrefix, each.Name, StringComparison.Ordinal));
        Assert.All(probes, each => Assert.Equal(docker.Settings.Instance, each.Labels![ContainerLabels.InstanceKey]));
        Assert.NotEqual(probes[0].Name, probes[1].Name);
    }

    [Fact]
    public async Task Capabilities_OfTheTenant_AreExactlyThese()
    {
        foreach (var set in (string[])["CapEff", "CapPrm", "CapBnd"])
        {
            var hex = (await InsideAsync($"awk '/{set}:/ {{ print $2 }}' /proc/self/status")).Output.Trim();
            Assert.Equal(Granted, long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Tenant_WhatHolds_Succeeds()
    {
        foreach (var script in (string[])
        [
            "grep -q 'NoNewPrivs:.1' /proc/self/status",
            "grep -q 'Seccomp:.2' /proc/self/status",
            "test ! -e /var/run/docker.sock",
            "test ! -e /dev/sda -a ! -e /dev/loop0 -a ! -e /dev/kvm -a ! -e /dev/mem",
            // What a tenant with root usually wants, and keeps.
            "useradd -m somebody && echo somebody:word | chpasswd && su somebody -c id && chown somebody /tmp && id",
            "python3 -c \"import socket; socket.socket().bind(('127.0.0.1', 80))\"",
            "test \"$(ulimit -c)\" = 0",
        ])
            Assert.Equal((0, script), ((await InsideAsync(script)).Code, script));
    }

    [Fact]
    public async Task Tenant_WhatTheHostsRootMayDo_IsRefused()
    {
        foreach (var script in (string[])
        [
            "mount -t tmpfs none /mnt",
            "unshare -U true",
            "unshare -m true",
            "unshare -n true",
            "mknod /tmp/disk b 8 0",
            "chroot /proc/1/root true && nsenter -t 1 -m true",
            "echo 1 > /proc/sys/kernel/panic",
            "echo c > /proc/sysrq-trigger",
            "echo 1 > /sys/kernel/mm/transparent_hugepage/enabled",
            "head -c 1 /proc/kcore | grep -q .",
            "head -c 1 /proc/keys | grep -q .",
            "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'",
            "python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)'",
            "date -s 2020-01-01",
            "hostname other",
            "python3 -c 'import os; os.nice(-5)'",
        ])
            Assert.NotEqual((0, script), ((await InsideAsync(script)).Code, script));
    }

    [Fact]
    public async Task Mounts_OfTheHost_AreOnlyWhatDockerItselfNeeds()
    {
        var sources = (await InsideAsync("awk '$5 != \"/\" && $4 != \"/\" { print $5 }' /proc/self/mountinfo")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(at => !at.StartsWith("/proc/", StringComparison.Ordinal) && !at.StartsWith("/sys/", StringComparison.Ordinal));

        Assert.All(sources, at => Assert.Contains(at, (string[])["/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/dev/console"]));
    }

    [Fact]
    public async Task Processes_ThatOutliveTheirParent_LeaveNothingBehind()
    {
        Assert.Equal(0, (await InsideAsync("for i in $(seq 50); do (bash -c \"exec -a orphan sleep 0.$((i % 10))\" &); done; pgrep -f ^orphan")).Code);

        var (code, _, _) = await InsideAsync(
            "timeout 20 bash -c 'while pgrep -f ^orphan || grep -qs \"^State:.Z\" /proc/[0-9]*/status; do sleep 0.1; done'");
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Processes_OfAForkBomb_EndAtTheLimitAndSshGoesOn()
    {
        var (_, output, _) = await InsideAsync("""
            python3 - <<'EOF'
            import os, time, signal
            children = []
            try:
                while len(children) < 6000:
                    child = os.fork()
                    if child == 0:
                        time.sleep(60); os._exit(0)
                    children.append(child)
            except OSError: pass
            print(len(children), flush=True)
            for child in children: os.kill(child, signal.SIGKILL)
            EOF
            """);

        Assert.InRange(int.Parse(output.Trim(), CultureInfo.InvariantCulture), 3900, 4096);
        await docker.Engine.WaitForSshAsync(_id, docker.Settings.SshPort, Cancellation);
    }

    /// <summary>A million where the engine can give them, else what it has itself: asked of Docker's own command here.</summary>
    [Fact]
    public async Task OpenFiles_Inside_AreWhatTheEngineCanGive()
    {
        var can = (await HostCommand.TryRunAsync("docker", ["run", "--rm", "--ulimit", "nofile=1048576:1048576", docker.Image.Id, "sh", "-c", "ulimit -n"])).Output.Trim();
        var has = (await HostCommand.RunAsync("docker", ["run", "--rm", docker.Image.Id, "sh", "-c", "ulimit -Hn"])).Trim();
        var expected = can.Length > 0 ? can : has;

        Assert.Equal($"{expected} {expected}", (await InsideAsync("echo $(ulimit -Sn) $(ulimit -Hn)")).Output.Trim());
        Assert.Equal(0, (await InsideAsync("python3 -c \"import os; [os.open('/dev/null', 0) for _ in range(15000)]\"")).Code);
    }

    [Fact]
    public async Task SharedMemory_Inside_IsWhatTheLimitsSay()
    {
        var host = await docker.Engine.ProbeAsync(Cancellation);
        var limits = ResourceLimits.For(host, 0, docker.Settings.MemoryReserve);

        var bytes = long.Parse((await InsideAsync("df -B1 --output=size /dev/shm | tail -1")).Output, CultureInfo.InvariantCulture);

        Assert.Equal(limits.SharedMemory, bytes);
        Assert.InRange(limits.SharedMemory, 1, limits.Memory / 2);
    }

    [Fact]
    public async Task Memory_MoreThanTheLimit_EndsTheEaterAndNotTheContainer()
    {
        await docker.RemoveAllAsync();
        var host = await docker.Engine.ProbeAsync(Cancellation);
        // A machine so small that the limit is its floor of half a GiB.
        var settings = new ContainerOptions
        {
            Instance = docker.Settings.Instance,
            Network = docker.Settings.Network,
            NamePrefix = docker.Settings.NamePrefix,
            SshPort = docker.Settings.SshPort,
            MemoryReserve = host.Memory - GiB / 2,
        };
        using var engine = new DockerEngine(settings, TimeProvider.System, NullLoggerFactory.Instance);
        _id = await StartAsync(engine, settings.RentalName, settings.SshPort);

        Assert.Equal(137, (await InsideAsync("python3 -c 'x = bytearray(700 << 20)'")).Code);
        // Shared memory is inside the same limit.
        Assert.Equal(0, (await InsideAsync("head -c 200M /dev/zero > /dev/shm/most")).Code);
        Assert.NotEqual(0, (await InsideAsync("head -c 300M /dev/zero > /dev/shm/more")).Code);
        Assert.Equal("running", (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.State.Status}}", _id])).Trim());
    }

    [Fact]
    public async Task Log_OfAFlood_StaysSmall()
    {
        await InsideAsync("head -c 60M /dev/zero | tr '\\0' 'x' | fold -w 1000 > /proc/1/fd/1");

        var log = (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.LogPath}}", _id])).Trim();
        var all = Directory.GetFiles(Path.GetDirectoryName(log)!, Path.GetFileName(log) + "*").Sum(file => new FileInfo(file).Length);
        Assert.InRange(all, 1, 31_000_000);
    }

    Task<(int Code, string Output, string Errors)> InsideAsync(string script) => HostCommand.TryRunAsync("docker", ["exec", _id, "bash", "-c", script]);

    async Task<string> StartAsync(DockerEngine engine, string name, int port)
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await engine.CreateAsync(new ContainerSpec(name, docker.Image.Id, port, labels), Cancellation);
        await engine.StartAsync(id, Cancellation);
        await engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        await engine.WaitForSshAsync(id, port, Cancellation);
        return id;
    }
}
