using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ComputeMiner.Allocations;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Updates;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>What the program says to an operator who got something wrong: the whole program, its exit code and its words.</summary>
public sealed class BadInputTests : IDisposable
{
    const string Phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Run_UnknownFlag_ExitsTwoAndSuggests()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync(["run", "--axon.prt", "8091"]);

        Assert.Equal(2, exitCode);
        Assert.Equal("error: --axon.prt (flag --axon.prt): is not known; did you mean --axon.port?\n'miner run --help' shows what is accepted.\n", errors);
    }

    [Fact]
    public async Task Run_WrongTypes_NamesAllFaultsAtOnce()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync(
            ["run", "--axon.port", "abc"], new Dictionary<string, string?> { ["MINER_SSH_PORT"] = "70000" });

        Assert.Equal(2, exitCode);
        Assert.Equal(
            """
            error: axon.port = 'abc' (flag --axon.port): must be a port from 1025 to 65534
            error: ssh.port = '70000' (environment variable MINER_SSH_PORT): must be a port from 1 to 65535
            'miner run --help' shows what is accepted.

            """,
            errors);
    }

    [Fact]
    public async Task Run_ReferenceFormWithUnknownFlag_WarnsAndGoesOn()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync(["--netuid", "27", "--no.such.flag", "--wallet.path", _directory]);

        Assert.Equal(1, exitCode);
        Assert.Contains("warning: --no.such.flag (flag --no.such.flag) is not known and ignored", errors, StringComparison.Ordinal);
        Assert.Contains("It does not exist", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoWallet_NamesTheFileAndTheRemedy()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(["run", "--wallet.path", _directory]);

        Assert.Equal(1, exitCode);
        Assert.Equal("", output);
        Assert.Equal(
            $"error: Key file {_directory}/default/hotkeys/default: It does not exist. Check the wallet's path and names, or create the key. Make one with `miner wallet create --wallet.name default --wallet.hotkey default`.\n", errors);
    }

    [Fact]
    public async Task Run_NoDocker_SaysWhatToStart()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync(
            RunArguments(), new Dictionary<string, string?> { ["DOCKER_HOST"] = $"unix://{_directory}/nothing.sock" });

        Assert.Equal(1, exitCode);
        Assert.EndsWith(
            $"error: No Docker Engine answers at unix://{_directory}/nothing.sock. Install one with `sudo apt-get install docker.io` or start it with `sudo systemctl start docker`.\n",
            errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DockerWithoutPermission_SaysHowToGetIt()
    {
        // Another user runs a copy of the program, because the checkout may lie where that user may not look.
        var program = Directory.CreateDirectory(Path.Combine(_directory, "program")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(MinerProcess.Program)!))
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        var arguments = RunArguments();
        using (var open = System.Diagnostics.Process.Start("chmod", ["-R", "a+rwX", _directory]))
            await open.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using var miner = MinerProcess.StartProgram(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Path.Combine(program, "miner"), .. arguments],
            new Dictionary<string, string?> { ["HOME"] = _directory });

        Assert.Equal(1, await miner.WaitForExitAsync());
        Assert.EndsWith(
            "error: This user may not use the Docker Engine at unix:///var/run/docker.sock. "
            + "Add it to the group: `sudo usermod -aG docker nobody`, then log in again.\n",
            miner.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortTaken_NamesThePortAndTheFlag()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, _, errors) = await MinerProcess.RunAsync([.. RunArguments(), "--axon.port", port.ToString()]);

        Assert.Equal(1, exitCode);
        var all = Socket.OSSupportsIPv6 ? "[::]" : "0.0.0.0";
        Assert.Contains($"error: Failed to bind to address http://{all}:{port}: address already in use. Free the port or choose another one with --axon.port.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_SaysSoWithoutATrace()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync([.. RunArguments(), "--axon.port", NextPort(), "--admin.address", "192.0.2.1:8092"]);

        Assert.Equal(1, exitCode);
        Assert.EndsWith(
            "error: Cannot listen there: Cannot assign requested address. Choose an address and port of this machine with --admin.address.\n",
            errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ChainUnreachable_KeepsTryingAndSaysSo()
    {
        var port = NextPort();
        await using var miner = MinerProcess.Start([.. RunArguments($"ws://127.0.0.1:{port}"), "--axon.port", NextPort()]);

        var said = await miner.WaitForLineAsync("Cannot reach the chain");
        Assert.Contains($"Cannot reach the chain at ws://127.0.0.1:{port}/: Connection refused (127.0.0.1:{port}). Trying again in ", said, StringComparison.Ordinal);
        await using var chain = await DevChain.StartAsync(
            new DevChainOptions { Port = int.Parse(port), BlockTime = TimeSpan.FromSeconds(1) }, TestContext.Current.CancellationToken);
        await miner.WaitForLineAsync($"Connected to the chain at ws://127.0.0.1:{port}/ again after ");
        miner.Interrupt();

        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_UnencryptedColdkeyOnTheMachine_Warns()
    {
        var arguments = RunArguments();
        var coldkey = Path.Combine(_directory, "default", "coldkey");
        await File.WriteAllTextAsync(coldkey, $$"""{"secretPhrase":"{{Phrase}}"}""", TestContext.Current.CancellationToken);

        await using var miner = MinerProcess.Start(arguments, new Dictionary<string, string?> { ["DOCKER_HOST"] = $"unix://{_directory}/nothing.sock" });

        await miner.WaitForLineAsync($"{coldkey} is an unencrypted coldkey");
        Assert.Equal(1, await miner.WaitForExitAsync());
        Assert.DoesNotContain("drive obey", miner.Output + miner.Errors, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whoever watches a release learns whether the machine kept it from starting, so that an outage gives up no good one; all others are told 1.
    /// </summary>
    [Theory]
    [InlineData("no wallet", 75)]
    [InlineData("port taken", 75)]
    [InlineData("no Docker", 75)]
    [InlineData("no hashcat", 75)]
    [InlineData("no room for hashcat", 75)]
    [InlineData("damaged ledger", 1)]
    public async Task Run_WatchedAndRefused_ExitCodeSaysWhetherItIsTheMachine(string what, int expected)
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        string[] arguments = [.. RunArguments(), "--axon.port", what == "port taken" ? ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture) : NextPort()];
        if (what == "no wallet")
            Directory.Delete(Path.Combine(_directory, "default"), recursive: true);
        else if (what == "damaged ledger")
            await File.WriteAllTextAsync(
                Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, "state")).FullName, AllocationLedger.FileName), new string('x', 4096), TestContext.Current.CancellationToken);

        else if (what == "no room for hashcat")
            await File.WriteAllTextAsync(
                Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, "state")).FullName, "hashcat"), "", TestContext.Current.CancellationToken);
        string[] challenges = what switch
        {
            "no hashcat" => ["--challenge.enabled", "--miner.hashcat.path", "/no/such/hashcat"],
            "no room for hashcat" => ["--challenge.enabled"],
            _ => [],
        };

        // The starter must be one thread that stays.
        await using var shell = MinerProcess.StartProgram(
            "/bin/sh", ["-c", $"{Supervision.Variable}=$$ \"$@\"; exit $?", "sh", MinerProcess.Program, .. arguments, .. challenges],
            what == "no Docker" ? new Dictionary<string, string?> { ["DOCKER_HOST"] = $"unix://{_directory}/nothing.sock" } : null);

        Assert.Equal(expected, await shell.WaitForExitAsync());
        Assert.Contains("error: ", shell.Errors, StringComparison.Ordinal);
    }

    /// <summary>Another program has the port of the admin address, or a miner of a version that says other things.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"version":"1","rental":null}""")]
    [InlineData("null")]
    [InlineData("<html>")]
    public async Task Status_SomethingElseAnswers_SaysSoWithoutATrace(string answer)
    {
        await using var server = await FileServer.StartAsync();
        server.Put("status", answer);

        var (exitCode, _, errors) = await MinerProcess.RunAsync(["status", "--admin.address", $"127.0.0.1:{server.Root.Port}"]);

        Assert.Equal((1, $"error: No miner answers at 127.0.0.1:{server.Root.Port}. Start it with 'miner run', or name its address with --admin.address.\n"), (exitCode, errors));
    }

    string[] RunArguments(string chain = "ws://127.0.0.1:9")
    {
        var hotkeys = Directory.CreateDirectory(Path.Combine(_directory, "default", "hotkeys"));
        File.WriteAllText(Path.Combine(hotkeys.FullName, "default"), $$"""{"secretPhrase":"{{Phrase}}"}""");
        return
        [
            "run", "--wallet.path", _directory, "--state.dir", Path.Combine(_directory, "state"), "--subtensor.chain_endpoint", chain,
            "--admin.address", $"127.0.0.1:{NextPort()}", "--ssh.port", NextPort(), "--container.name-prefix", "badinput-", "--axon.external_ip", "127.0.0.2",
        ];
    }

    static string NextPort() => FreePort.Next().ToString(CultureInfo.InvariantCulture);
}
