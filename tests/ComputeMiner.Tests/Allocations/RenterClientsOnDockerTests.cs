using ComputeMiner.Allocations;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>The programs that renters use: OpenSSH's own ssh and sftp against a real rental.</summary>
[Collection(DockerCollection.Name)]
public sealed class RenterClientsOnDockerTests(DockerFixture docker) : IDisposable
{
    readonly Renter _alice = Renter.Alice;
    readonly string _home = Directory.CreateTempSubdirectory().FullName;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Ssh_TenWrongKeysFirst_StillGetsInWithThePassword()
    {
        await using var machine = await RentedAsync();
        var keys = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            keys.Add(Path.Combine(_home, $"key{i}"));
            await HostCommand.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", keys[i]]);
        }

        var (code, output, errors) = await SshAsync([.. keys.SelectMany(key => (string[])["-i", key]), Host, "whoami"]);

        Assert.Equal((0, "root\n", ""), (code, output, errors));
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("bash -lc true", "")]
    [InlineData("bash -ic 'echo $PS1' < /dev/null > /dev/null 2>&1; echo done", "done\n")]
    [InlineData("python3 -c 'print(1)'; /opt/conda/bin/python -c 'print(2)'", "1\n2\n")]
    [InlineData("df --output=size -B1 /dev/shm | tail -1 | tr -d ' '", null)]
    public async Task Ssh_Command_SaysNothingOfItsOwn(string command, string? expected)
    {
        await using var machine = await RentedAsync();

        var (code, output, errors) = await SshAsync([Host, command]);

        Assert.Equal((0, ""), (code, errors));
        if (expected is not null)
            Assert.Equal(expected, output);
        else
            Assert.InRange(long.Parse(output, System.Globalization.CultureInfo.InvariantCulture), 1L << 27, 1L << 40);
    }

    [Fact]
    public async Task Sftp_File_GoesThereAndBack()
    {
        await using var machine = await RentedAsync();
        var file = Path.Combine(_home, "file");
        await File.WriteAllTextAsync(file, "sent", Cancellation);
        var batch = Path.Combine(_home, "batch");
        await File.WriteAllTextAsync(batch, $"put {file} /tmp/file\nget /tmp/file {file}.back\n", Cancellation);

        var (code, _, errors) = await ClientAsync("sftp", ["-P", Port, "-b", batch, Host]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("sent", await File.ReadAllTextAsync(file + ".back", Cancellation));
    }

    string Port => docker.Settings.SshPort.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static string Host => "root@127.0.0.1";

    async Task<DockerMachine> RentedAsync()
    {
        var machine = await DockerMachine.StartAsync(docker);
        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        var askPass = Path.Combine(_home, "askpass");
        await File.WriteAllTextAsync(askPass, $"#!/bin/sh\necho {outcome.Access!.Password}\n", Cancellation);
        File.SetUnixFileMode(askPass, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return machine;
    }

    Task<(int Code, string Output, string Errors)> SshAsync(string[] arguments) => ClientAsync("ssh", ["-p", Port, .. arguments]);

    // A fresh client with the password at hand; -b of sftp would refuse to ask for it.
    Task<(int Code, string Output, string Errors)> ClientAsync(string client, string[] arguments) => HostCommand.TryRunAsync("env",
    [
        $"SSH_ASKPASS={_home}/askpass", "SSH_ASKPASS_REQUIRE=force", "LC_ALL=C", client, "-F", "/dev/null", "-o", "IdentitiesOnly=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=no",
        "-o", "IdentityAgent=none", "-o", "ConnectTimeout=10", .. arguments,
    ]);
}
