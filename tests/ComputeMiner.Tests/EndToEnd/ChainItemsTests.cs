using System.Collections.Concurrent;
using Bittensor.Keys;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>
/// What the program reads of a chain, seen from the chain. The list is the one whose every item is compared with another client's reading; an
/// item that is missing in it would be read by nobody's word but ours.
/// </summary>
public class ChainItemsTests
{
    [Fact]
    public Task Program_OverItsLifeOnEveryRuntime_ReadsWhatTheListHas() =>
        Task.WhenAll(LiveAsync(DevRuntime.Classic, "classic"), LiveAsync(DevRuntime.Current, "current"), LiveAsync(DevRuntime.Next, "next"));

    static async Task LiveAsync(DevRuntime runtime, string age)
    {
        var listed = File.ReadLines(Path.Combine(Checkout.Root, "tests", "interop", "items.txt"))
            .Select(line => line.Split(' ', 2)).Where(line => line[0] == "all" || line[0] == age).Select(line => line[1])
            .Order(StringComparer.Ordinal).ToList();
        await using var miner = await MinerOnChain.CreateAsync(runtime, TimeSpan.FromMilliseconds(120));
        var asked = new ConcurrentDictionary<string, int>();
        miner.Network.Asked += item => asked.AddOrUpdate(item, 1, (_, count) => count + 1);

        // What the pool says to an axon served too soon: how long to wait is read then.
        miner.Network.Faults.RefuseNext(12);
        await miner.StartAsync("--axon.external_ip", "203.0.113.10");
        await miner.Process.WaitForLineAsync("Axon on chain: subnet 27");
        // It moves, for which it asks when it may serve again.
        await miner.KillAsync();
        await miner.StartAsync("--axon.external_port", "8092");
        var wallets = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
        var (exitCode, _, errors) = await RegisterAsync(miner, wallets);
        Assert.True(exitCode == 0, errors);
        await MinerProcess.RunAsync(["doctor", "--wallet.path", wallets, "--subtensor.chain_endpoint", miner.Chain]);
        await UntilAsync(() => listed.TrueForAll(asked.ContainsKey), () => string.Join(", ", listed.Except(asked.Keys)));
        // Every job runs at the first head; what follows each head, some times more.
        var end = miner.Network.BlockNumber + 5;
        await UntilAsync(() => miner.Network.BlockNumber >= end, () => "five more blocks");

        // To end a subscription is to read nothing.
        var read = asked.Keys.Where(item => !item.Contains("_un", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.True(
            read.SequenceEqual(listed),
            $"On {age} not in the list: {string.Join(", ", read.Except(listed))}. Not asked for: {string.Join(", ", listed.Except(read))}.");
        Directory.Delete(wallets, recursive: true);
    }

    static async Task<(int ExitCode, string Output, string Errors)> RegisterAsync(MinerOnChain miner, string wallets)
    {
        var wallet = new Wallet(wallets);
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        using var coldkey = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        wallet.CreateHotkey(hotkey);
        Keyfile.Write(wallet.ColdkeyFile, coldkey);
        wallet.CreateColdkeyPublic(coldkey.Keypair.Coldkey);
        miner.Network.Fund(coldkey.Keypair.Account, 2_000_000_000);
        return await MinerProcess.RunAsync(["register", "--yes", "--wallet.path", wallets, "--subtensor.chain_endpoint", miner.Chain]);
    }

    static async Task UntilAsync(Func<bool> holds, Func<string> what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!holds())
                await pause.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Still waiting for {what()}.");
        }
    }
}
