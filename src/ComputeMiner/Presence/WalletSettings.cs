using ComputeMiner.Configuration;

namespace ComputeMiner.Presence;

/// <summary>Which keys the miner works with.</summary>
sealed class WalletSettings
{
    /// <summary>Directory of all wallets. Default ~/.bittensor/wallets.</summary>
    public string Path { get; set; } = HomePath.Expand("~/.bittensor/wallets");

    /// <summary>Name of the wallet. Default "default".</summary>
    public string Name { get; set; } = "default";

    /// <summary>Name of the hotkey in it. Default "default".</summary>
    public string Hotkey { get; set; } = "default";

    /// <summary>File whose first line is the password of an encrypted hotkey. Default: none.</summary>
    public string? PasswordFile { get; set; }
}
