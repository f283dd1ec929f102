using System.Text.Json;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Notices;
using ComputeMiner.Tests.Allocations;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Renci.SshNet;

namespace ComputeMiner.Tests.Notices;

/// <summary>What a person at a terminal sees, and what a program without one does not: a real container, real SSH, virtual time.</summary>
[Collection(DockerCollection.Name)]
public sealed class NoticesOnDockerTests(DockerFixture docker) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly Renter _alice = Renter.Alice;
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Login_WithTerminal_ShowsTheMessageAndWithoutOneNothing()
    {
        await using var machine = await DockerMachine.StartAsync(docker, _time);
        using var notices = Notices(machine);
        using var ssh = await RentAsync(machine, notices);

        using (var shell = ssh.CreateShellStream("xterm", 120, 40, 0, 0, 4096))
            Assert.NotNull(shell.Expect("This rental ends ", Patience));
        using var command = ssh.RunCommand("cat /run/rental.json; stat -c %a%U /run/rental.json /etc/motd /run /etc >&2");

        var document = JsonDocument.Parse(command.Result).RootElement;
        Assert.Equal(machine.Allocator.Current.Allocation!.Id, document.GetProperty("allocation").GetString());
        Assert.Equal("644root\n644root\n755root\n755root\n", command.Error);
        using var silent = ssh.RunCommand("true");
        Assert.Equal(("", ""), (silent.Result, silent.Error));
        using var sftp = new SftpClient(ssh.ConnectionInfo);
        sftp.Connect();
        Assert.True(sftp.Exists("/run/rental.json"));
    }

    [Fact]
    public async Task RoundAsync_BeforeTheEnd_EveryTerminalIsWarnedAndNoProgramDisturbed()
    {
        await using var machine = await DockerMachine.StartAsync(docker, _time);
        using var notices = Notices(machine);
        using var ssh = await RentAsync(machine, notices);
        using var first = ssh.CreateShellStream("xterm", 120, 40, 0, 0, 4096);
        using var second = ssh.CreateShellStream("xterm", 120, 40, 0, 0, 4096);
        foreach (var shell in (ShellStream[])[first, second])
        {
            // Longer than the echo of the line itself, so that only the shell's own answer is it.
            shell.WriteLine("echo at_$((40+2))");
            Assert.NotNull(shell.Expect("at_42", Patience));
        }
        // It goes on to the end of its input: the client says that end, and must not say it to a channel that is gone.
        using var program = ssh.CreateCommand("echo begun; read line; echo $line; cat");
        var run = program.BeginExecute();
        var end = machine.Allocator.Current.Allocation!.Expires;

        foreach (var (left, words) in ((TimeSpan, string)[])
            [(TimeSpan.FromHours(24), "24 hours"), (TimeSpan.FromHours(1), "1 hour"), (TimeSpan.FromMinutes(10), "10 minutes")])
        {
            _time.SetUtcNow(end - left);
            await notices.RoundAsync(Cancellation);
            Assert.NotNull(first.Expect($"This rental ends in {words}", Patience));
            Assert.NotNull(second.Expect($"This rental ends in {words}", Patience));
        }

        using (var input = program.CreateInputStream())
            input.Write("typed\n"u8);
        Assert.Equal("begun\ntyped\n", program.EndExecute(run));
        Assert.Equal("", program.Error);
        using var motd = ssh.RunCommand("cat /etc/motd; sed -n 's/.*\"secondsLeft\": //p' /run/rental.json");
        Assert.Contains("in 10 minutes.", motd.Result, StringComparison.Ordinal);
        Assert.EndsWith("600,\n", motd.Result, StringComparison.Ordinal);
    }

    /// <summary>Whatever the tenant did to its container, its session and its rental go on and nobody waits.</summary>
    [Theory]
    [InlineData("rm -rf /run/rental.json /etc/motd; mkdir /run/rental.json /etc/motd")]
    [InlineData("rm -f /usr/bin/timeout /bin/dd /usr/bin/dd")]
    [InlineData("printf '#!/bin/bash\\nsleep 1000\\n' > /usr/bin/timeout")]
    [InlineData("mv /run /run2; ln -s /proc/self /run; mv /etc/motd /etc/motd2; ln -s /dev/null /etc/motd")]
    public async Task RoundAsync_WhateverTheTenantDid_IsHarmless(string deed)
    {
        await using var machine = await DockerMachine.StartAsync(docker, _time);
        using var notices = Notices(machine);
        using var ssh = await RentAsync(machine, notices);
        using (ssh.RunCommand(deed))
            _time.SetUtcNow(machine.Allocator.Current.Allocation!.Expires - TimeSpan.FromHours(1));

        for (var round = 0; round < 4; round++)
            await notices.RoundAsync(Cancellation).WaitAsync(Patience, Cancellation);

        using var command = ssh.RunCommand("echo here");
        Assert.Equal("here\n", command.Result);
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    RentalNotices Notices(DockerMachine machine) =>
        new(docker.Engine, machine.Allocator, docker.Settings, new AllocationOptions(), _state, _time, NullLogger<RentalNotices>.Instance);

    async Task<SshClient> RentAsync(DockerMachine machine, RentalNotices notices)
    {
        machine.Allocator.Notices = notices.FilesForAsync;
        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental, days: 30), Cancellation);
        Assert.NotNull(outcome.Access);
        var ssh = new SshClient(new ConnectionInfo(
            "127.0.0.1", docker.Settings.SshPort, SshAccess.Username, new PasswordAuthenticationMethod(SshAccess.Username, outcome.Access.Password)));
        ssh.Connect();
        return ssh;
    }
}
