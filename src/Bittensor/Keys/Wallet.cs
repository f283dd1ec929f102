namespace Bittensor.Keys;

/// <summary>
/// A wallet in the layout every Bittensor tool shares: <c>path/name/coldkey</c>, <c>coldkeypub.txt</c> and <c>hotkeys/hotkey</c> with
/// <c>hotkeys/hotkeypub.txt</c> beside it. Nothing is read or written before a method asks for it.
/// </summary>
public sealed record Wallet
{
    /// <summary>Where wallets are kept unless told otherwise.</summary>
    public const string DefaultPath = "~/.bittensor/wallets";

    /// <summary>The name of a wallet and of a hotkey unless told otherwise.</summary>
    public const string DefaultName = "default";

    /// <param name="path">Directory of all wallets; a leading <c>~</c> is the home directory.</param>
    /// <param name="name">Name of the wallet (of its coldkey).</param>
    /// <param name="hotkeyName">Name of the hotkey.</param>
    /// <exception cref="ArgumentException">A name that is empty, a relative step or contains a slash.</exception>
    public Wallet(string path = DefaultPath, string name = DefaultName, string hotkeyName = DefaultName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = ExpandHome(path);
        Name = RequireFileName(name, nameof(name));
        HotkeyName = RequireFileName(hotkeyName, nameof(hotkeyName));
    }

    /// <summary>Directory of all wallets, with <c>~</c> expanded.</summary>
    public string Path { get; }

    /// <summary>Name of the wallet.</summary>
    public string Name { get; }

    /// <summary>Name of the hotkey.</summary>
    public string HotkeyName { get; }

    /// <summary>The file of the private hotkey.</summary>
    public string HotkeyFile => System.IO.Path.Combine(Path, Name, "hotkeys", HotkeyName);

    /// <summary>The file of the public hotkey; older wallets have none.</summary>
    public string HotkeyPublicFile => HotkeyFile + "pub.txt";

    /// <summary>The file of the private coldkey, which a miner never needs.</summary>
    public string ColdkeyFile => System.IO.Path.Combine(Path, Name, "coldkey");

    /// <summary>The file of the public coldkey.</summary>
    public string ColdkeyPublicFile => System.IO.Path.Combine(Path, Name, "coldkeypub.txt");

    /// <summary>Reads the hotkey. The caller disposes it.</summary>
    /// <param name="passwords">Where an encrypted file's password comes from; the environment when null.</param>
    /// <exception cref="KeyfileException">Missing, damaged or contradictory file; no or wrong password.</exception>
    public Keypair LoadHotkey(KeyfilePasswordSource? passwords = null) => Keyfile.Read(HotkeyFile, passwords).TakeKeypair();

    /// <summary>Reads the hotkey's address, from the public file where there is one.</summary>
    /// <inheritdoc cref="LoadHotkey"/>
    public Hotkey LoadHotkeyPublic(KeyfilePasswordSource? passwords = null) =>
        new(Keyfile.ReadPublic(File.Exists(HotkeyPublicFile) ? HotkeyPublicFile : HotkeyFile, passwords));

    /// <summary>Reads the private coldkey, for what only the owner may do. The caller disposes it.</summary>
    /// <inheritdoc cref="LoadHotkey"/>
    public Keypair LoadColdkey(KeyfilePasswordSource? passwords = null) => Keyfile.Read(ColdkeyFile, passwords).TakeKeypair();

    /// <summary>Reads the coldkey's address; null when the wallet has no <c>coldkeypub.txt</c>.</summary>
    /// <exception cref="KeyfileException">A damaged file.</exception>
    public Coldkey? LoadColdkeyPublic() => File.Exists(ColdkeyPublicFile) ? new Coldkey(Keyfile.ReadPublic(ColdkeyPublicFile)) : null;

    /// <summary>Writes the hotkey and its public file.</summary>
    /// <param name="secrets">The key.</param>
    /// <param name="password">Encrypts the private file; null leaves it plain, so that a service can start unattended.</param>
    /// <param name="overwrite">True replaces an existing key, which may be lost for good.</param>
    /// <exception cref="KeyfileException">The hotkey exists and is not to be overwritten, or the system refuses.</exception>
    public void CreateHotkey(KeySecrets secrets, string? password = null, bool overwrite = false) =>
        Create(HotkeyFile, HotkeyPublicFile, secrets, password, overwrite);

    /// <summary>Writes the coldkey and <c>coldkeypub.txt</c>.</summary>
    /// <inheritdoc cref="CreateHotkey"/>
    public void CreateColdkey(KeySecrets secrets, string? password = null, bool overwrite = false) =>
        Create(ColdkeyFile, ColdkeyPublicFile, secrets, password, overwrite);

    /// <summary>Writes <c>coldkeypub.txt</c> alone: all a miner needs to know of its owner.</summary>
    /// <exception cref="KeyfileException">The file exists and is not to be overwritten, or the system refuses.</exception>
    public void CreateColdkeyPublic(Coldkey coldkey, bool overwrite = false) =>
        Keyfile.WritePublic(ColdkeyPublicFile, coldkey.Account, overwrite);

    /// <summary>Names of the hotkeys in this wallet, in order.</summary>
    public IReadOnlyList<string> HotkeyNames() =>
        Names(System.IO.Path.Combine(Path, Name, "hotkeys"), Directory.EnumerateFiles,
            name => !name.EndsWith("pub.txt", StringComparison.Ordinal) && !PrivateFile.IsTemporary(name));

    /// <summary>Names of the wallets in a directory, in order.</summary>
    public static IReadOnlyList<string> NamesIn(string path) => Names(ExpandHome(path), Directory.EnumerateDirectories, _ => true);

    static void Create(string privateFile, string publicFile, KeySecrets secrets, string? password, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var account = secrets.Keypair.Account;
        // The private part of an existing public file may be kept elsewhere; its owner must not change by accident.
        if (!overwrite && File.Exists(publicFile) && Keyfile.ReadPublic(publicFile) != account)
            throw new KeyfileException(
                publicFile, "It names another key and is left as it is. Move it away, or ask for it to be overwritten.");
        Keyfile.Write(privateFile, secrets, password, overwrite);
        Keyfile.WritePublic(publicFile, account, overwrite: true);
    }

    static IReadOnlyList<string> Names(string directory, Func<string, IEnumerable<string>> entries, Func<string, bool> isWanted) =>
        !Directory.Exists(directory) ? [] :
        [.. entries(directory).Select(entry => System.IO.Path.GetFileName(entry))
            .Where(name => name[0] != '.' && !string.IsNullOrWhiteSpace(name) && isWanted(name)).Order(StringComparer.Ordinal)];

    static string ExpandHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
            : path;

    static string RequireFileName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        return name is "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException($"'{name}' is no name of a key: it may not be a path.", parameter)
            : name;
    }
}
