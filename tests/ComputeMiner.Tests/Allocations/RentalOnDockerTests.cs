using System.Text;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Tests.Containers;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace ComputeMiner.Tests.Allocations;

/// <summary>What a renter finds: a real container, reached over SSH through the published port.</summary>
[Collection(DockerCollection.Name)]
public class RentalOnDockerTests(DockerFixture docker)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly Renter _alice = Renter.Alice;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllocateAsync_Rental_CanBeWorkedIn()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);

        using var ssh = Connect(access.Password);
        Assert.Equal("0:rental\n", Run(ssh, "echo $(id -u):$(hostname)").Output);
        Assert.Equal(("3.11\n", ""), Run(ssh, "/opt/conda/bin/python -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'"));
        Assert.Equal(("a\nb\n", ""), Run(ssh, "echo 'a\nb' > /tmp/seeds.txt; cat /tmp/seeds.txt"));
        Assert.NotEqual("", Run(ssh, "unshare -U true").Errors);
        Assert.NotEqual("", Run(ssh, "mount -t tmpfs none /mnt").Errors);
        Assert.Equal(("ok\n", ""), Run(ssh, "useradd -m someone && chown someone /tmp/seeds.txt && su someone -c 'echo ok'"));
        Assert.Equal("0\n", Run(ssh, "ulimit -c").Output);

        using var sftp = new SftpClient(Info(new PasswordAuthenticationMethod(SshAccess.Username, access.Password)));
        sftp.Connect();
        sftp.UploadFile(new MemoryStream("sent"u8.ToArray()), "/tmp/file");
        using var back = new MemoryStream();
        sftp.DownloadFile("/tmp/file", back);
        Assert.Equal("sent", Encoding.ASCII.GetString(back.ToArray()));
    }

    [Fact]
    public async Task AllocateAsync_WrongPassword_DoesNotLetIn()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);

        Assert.Throws<SshAuthenticationException>(() => Connect(access.Password + "x"));
        Assert.Throws<SshAuthenticationException>(() => Connect(""));
    }

    [Fact]
    public async Task AllocateAsync_Twice_HostKeysAndPasswordsDiffer()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var first = await RentAsync(machine);
        var firstKey = HostKey(first.Password);
        await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
        var second = await RentAsync(machine);

        Assert.NotEqual(firstKey, HostKey(second.Password));
        Assert.NotEqual(first.Password, second.Password);
        Assert.Throws<SshAuthenticationException>(() => Connect(first.Password));
    }

    [Fact]
    public async Task AllocateAsync_Secrets_AreNowhereToBeFound()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);
        var container = machine.Allocator.Current.Allocation!.ContainerId!;
        using var ssh = Connect(access.Password);
        var shadow = Run(ssh, "cat /etc/shadow").Output.Split('\n').Single(line => line.StartsWith("root:", StringComparison.Ordinal));
        var hostKey = Run(ssh, "sed -n 2p /etc/ssh/ssh_host_ed25519_key").Output.Trim();

        string[] places =
        [
            await HostCommand.RunAsync("docker", ["inspect", container]),
            await HostCommand.RunAsync("docker", ["inspect", docker.Image.Id]),
            await HostCommand.RunAsync("docker", ["history", "--no-trunc", docker.Image.Id]),
            (await HostCommand.TryRunAsync("docker", ["logs", container])) is var logs ? logs.Output + logs.Errors : "",
            await HostCommand.RunAsync("ps", ["axeww"]),
            machine.LogText,
            access.ToString()!,
        ];

        Assert.All(places, place => Assert.NotEqual("", place));
        foreach (var secret in (string[])[access.Password, shadow.Split(':')[1], hostKey])
            Assert.All(places, place => Assert.DoesNotContain(secret, place, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExchangeKeyAsync_RunningSession_IsNotDisturbedAndTheKeyLetsIn()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);
        using var session = Connect(access.Password);
        Run(session, "echo 'ssh-ed25519 tenant' >> /root/.ssh/authorized_keys");
        using var directory = new TemporaryDirectory();
        var (file, line) = await MakeKeyAsync(directory);
        Assert.True(SshPublicKey.TryParse(line, out var key));

        Assert.True(await machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.User, key, Cancellation));

        using (var withKey = new SshClient(Info(new PrivateKeyAuthenticationMethod(SshAccess.Username, new PrivateKeyFile(file)))))
        {
            withKey.Connect();
            Assert.Equal($"{key!.Line}\n\nssh-ed25519 tenant\n", Run(withKey, "cat /root/.ssh/authorized_keys").Output);
            Assert.Equal("600\n", Run(withKey, "stat -c %a /root/.ssh/authorized_keys").Output);
            Assert.Equal(("authorized_keys\n", ""), Run(withKey, "ls -A /root/.ssh; find / -name '*computeminer*' -not -path '/proc/*'"));
        }
        Assert.Equal("still here\n", Run(session, "echo still here").Output);

        Assert.True(await machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.User, null, Cancellation));
        using var refused = new SshClient(Info(new PrivateKeyAuthenticationMethod(SshAccess.Username, new PrivateKeyFile(file))));
        Assert.Throws<SshAuthenticationException>(refused.Connect);
    }

    [Fact]
    public async Task PauseAsync_Login_DoesNotAnswerUntilResumed()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);

        Assert.True(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.ThrowsAny<Exception>(() => Connect(access.Password));
        Assert.Null(await SshReadiness.TryReadAsync(docker.Settings.SshPort, TimeProvider.System, Cancellation));

        Assert.True(await machine.Allocator.ResumeAsync(_alice.Key, _alice.Hotkey, Cancellation));
        using var ssh = Connect(access.Password);
        Assert.True(ssh.IsConnected);
    }

    [Fact]
    public async Task RestartAsync_Files_AreKeptAndSshIsBack()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);
        using (var before = Connect(access.Password))
            Run(before, "echo kept > /root/file; sleep 1000 > /dev/null 2>&1 &");
        var container = machine.Allocator.Current.Allocation!.ContainerId;

        Assert.True(await machine.Allocator.RestartAsync(_alice.Key, _alice.Hotkey, Cancellation));

        using var after = Connect(access.Password);
        Assert.Equal("kept\n", Run(after, "cat /root/file").Output);
        Assert.Equal(container, machine.Allocator.Current.Allocation!.ContainerId);
    }

    [Theory]
    [InlineData("true", false, true)]
    [InlineData("rm -f /bin/kill /usr/bin/kill", true, false)]
    [InlineData("rm -f /bin/kill /usr/bin/kill", true, true)]
    [InlineData("b() { b | b & }; b", false, false)]
    [InlineData("b() { b | b & }; b", false, true)]
    public async Task DeallocateAsync_Tenant_CannotHoldOn(string resistance, bool freezes, bool isPaused)
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);
        using (var ssh = Connect(access.Password))
        {
            using var command = ssh.CreateCommand($"nohup sh -c '{resistance}' >/dev/null 2>&1 &");
            command.CommandTimeout = Patience;
            try
            {
                command.Execute();
            }
            catch (SshException)
            {
                // What is out of processes no longer answers: that is the point.
            }
            ssh.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        }
        if (freezes)
            await FreezeServerAsync(machine.Allocator.Current.Allocation!.ContainerId!);
        if (isPaused)
            Assert.True(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));

        // The answer may come before the clean-up's end; whoever allocates next waits for it.
        await machine.Allocator.DisposeAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Empty(await docker.Engine.ListAsync(Cancellation));
        await machine.ReopenAsync();
        Assert.True(machine.Allocator.IsFree);
    }

    /// <summary>The kernel keeps a tenant's signals from the first process, which sshd is; a debugger stops it all the same.</summary>
    static async Task FreezeServerAsync(string container)
    {
        await HostCommand.RunAsync("docker", ["kill", "--signal", "STOP", container]);
        var process = (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.State.Pid}}", container])).Trim();
        Assert.Contains("State:\tT", await File.ReadAllTextAsync($"/proc/{process}/status", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreAsync_NewProcess_KeepsTheRentalAndReappliesPause()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var access = await RentAsync(machine);
        await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation);
        var before = machine.Allocator.Current.Allocation!;
        // A killed daemon brings a paused container back running.
        await docker.Engine.ResumeAsync(before.ContainerId!, Cancellation);

        await machine.ReopenAsync();

        Assert.Equal(before, machine.Allocator.Current.Allocation);
        Assert.Equal(ContainerState.Paused, Assert.Single(await docker.Engine.ListAsync(Cancellation)).State);
        Assert.True(await machine.Allocator.ResumeAsync(_alice.Key, _alice.Hotkey, Cancellation));
        using var ssh = Connect(access.Password);
        Assert.True(ssh.IsConnected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(250)]
    [InlineData(400)]
    public async Task AllocateAsync_CallerGoesAway_LeavesNoContainer(int milliseconds)
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds));

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), caller.Token);

        if (outcome.Access is null)
        {
            Assert.Empty(await docker.Engine.ListAsync(Cancellation));
            Assert.Null(machine.Ledger.Read());
            Assert.True(machine.Allocator.IsFree);
        }
        else
            Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    async Task<SshAccess> RentAsync(DockerMachine machine)
    {
        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        return outcome.Access ?? throw new InvalidOperationException($"{outcome}: {machine.LogText}");
    }

    SshClient Connect(string password)
    {
        var client = new SshClient(Info(new PasswordAuthenticationMethod(SshAccess.Username, password)));
        try
        {
            client.Connect();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    ConnectionInfo Info(AuthenticationMethod method) => new("127.0.0.1", docker.Settings.SshPort, SshAccess.Username, method) { Timeout = Patience };

    string HostKey(string password)
    {
        using var client = new SshClient(Info(new PasswordAuthenticationMethod(SshAccess.Username, password)));
        var fingerprint = "";
        client.HostKeyReceived += (_, received) => fingerprint = received.FingerPrintSHA256;
        client.Connect();
        return fingerprint;
    }

    static (string Output, string Errors) Run(SshClient ssh, string text)
    {
        using var command = ssh.CreateCommand(text);
        command.CommandTimeout = TimeSpan.FromSeconds(20);
        var output = command.Execute();
        return (output, command.Error);
    }

    static async Task<(string File, string Line)> MakeKeyAsync(TemporaryDirectory directory)
    {
        var path = directory.At("key");
        await HostCommand.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "renter", "-f", path]);
        return (path, await File.ReadAllTextAsync(path + ".pub"));
    }
}
