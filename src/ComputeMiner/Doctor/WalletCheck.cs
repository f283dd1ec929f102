using Bittensor.Keys;

namespace ComputeMiner.Doctor;

/// <summary>The hotkey opens, and no coldkey lies about unencrypted.</summary>
sealed class WalletCheck(Wallet wallet, KeyfilePasswordSource passwords) : IDoctorCheck
{
    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([.. CheckHotkey(), .. CheckColdkey()]);

    IEnumerable<CheckResult> CheckHotkey()
    {
        CheckResult result;
        try
        {
            using var pair = wallet.LoadHotkey(passwords);
            result = CheckResult.Good("hotkey", pair.Hotkey.ToString());
        }
        catch (KeyfileException fault)
        {
            result = CheckResult.Failed("hotkey", fault.Message,
                "make one with 'miner wallet create', or name yours with --wallet.name and --wallet.hotkey");
        }
        yield return result;
    }

    IEnumerable<CheckResult> CheckColdkey()
    {
        // The formats of encrypted key files begin with these; anything else is readable by whoever gets the file.
        if (!File.Exists(wallet.ColdkeyFile))
            yield break;
        using var file = File.OpenRead(wallet.ColdkeyFile);
        Span<byte> head = stackalloc byte[6];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (!head[..length].StartsWith("$NACL"u8) && !head[..length].StartsWith("$ANSI"u8) && !head[..length].StartsWith("gAAAAA"u8))
        {
            yield return CheckResult.Warning(
                "coldkey", $"{wallet.ColdkeyFile} is not encrypted", "move it to another machine: a miner needs only coldkeypub.txt");
        }
    }
}
