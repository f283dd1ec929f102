using Bittensor.Keys;

namespace ComputeMiner.Presence;

/// <summary>Warns of a coldkey that lies open on the miner's machine, where renters' code runs.</summary>
static partial class ColdkeyWarning
{
    public static void LogIfOpen(Wallet wallet, ILogger logger)
    {
        try
        {
            if (File.Exists(wallet.ColdkeyFile) && !Keyfile.IsEncrypted(wallet.ColdkeyFile))
                Log.ColdkeyOpen(logger, wallet.ColdkeyFile);
        }
        catch (KeyfileException)
        {
            // A file this user may not read is none that lies open.
        }
    }

    static partial class Log
    {
        [LoggerMessage(4132, LogLevel.Warning, "{File} is an unencrypted coldkey. A miner never needs it, and who reads it owns all it holds: move it to another machine.")]
        public static partial void ColdkeyOpen(ILogger logger, string file);
    }
}
