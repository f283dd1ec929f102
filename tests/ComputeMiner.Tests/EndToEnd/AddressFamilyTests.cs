using System.Text.Json;
using Bittensor.Keys;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>
/// Chain, miner and caller as three processes in a network that has what the row says: the caller finds the miner's address on chain
/// and calls it there.
/// </summary>
[Trait("Needs", "Docker")]
public sealed class AddressFamilyTests : IDisposable
{
    const string Chain = "ws://127.0.0.1:9944";

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("2001:db8::27", "[2001:db8::27]:8091", "The axon listens at [::]:8091, IPv4 and IPv6", null)]
    [InlineData("127.0.0.2", "127.0.0.2:8091", "The axon listens at [::]:8091, IPv4 and IPv6", null)]
    [InlineData("127.0.0.2", "127.0.0.2:8091", "The axon listens at 0.0.0.0:8091, IPv4", "1")]
    public async Task Run_AddressPublished_IsFoundOnChainAndCalledThere(string ip, string published, string listens, string? withoutIPv6)
    {
        await using var network = await NetworkNamespace.CreateAsync("2001:db8::27/128");
        await using var chain = network.Start(["devnet", "--block-time", "1"]);
        await chain.WaitForLineAsync("chain at ");
        await RegisterAsync(network);

        await using var miner = network.Start(
            [
                "run", "--wallet.path", _directory, "--subtensor.chain_endpoint", Chain, "--state.dir", Path.Combine(_directory, "state"),
                "--axon.external_ip", ip, "--container.name-prefix", "family-",
            ],
            new Dictionary<string, string?> { ["DOTNET_SYSTEM_NET_DISABLEIPV6"] = withoutIPv6 });
        await miner.WaitForLineAsync(listens);
        await miner.WaitForLineAsync($"Axon on chain: subnet 27, uid 0, {published} since block ");
        var (exitCode, output, errors) = await network.ExecuteAsync(
            "validator", "ping", "--uid", "0", "--json", "--wallet.path", _directory, "--subtensor.chain_endpoint", Chain, "--state.dir",
            Path.Combine(_directory, "caller"));

        Assert.True(exitCode == 0, output + errors);
        Assert.Equal(200, JsonDocument.Parse(output).RootElement.GetProperty("httpStatus").GetInt32());
        Assert.Equal(ip.Contains(':'), miner.Errors.Contains("is IPv6, which validators on the Python SDK cannot call", StringComparison.Ordinal));
        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    async Task RegisterAsync(NetworkNamespace network)
    {
        var wallet = new Wallet(_directory);
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
        wallet.CreateHotkey(hotkey);
        using (var alice = KeySecrets.FromKeypair(Keypair.FromUri("//Alice")))
        {
            Keyfile.Write(wallet.ColdkeyFile, alice);
            wallet.CreateColdkeyPublic(alice.Keypair.Coldkey);
        }
        var (exitCode, output, errors) = await network.ExecuteAsync(
            "register", "--yes", "--wallet.path", _directory, "--subtensor.chain_endpoint", Chain);
        Assert.True(exitCode == 0, output + errors);
        File.Delete(wallet.ColdkeyFile);
    }
}
