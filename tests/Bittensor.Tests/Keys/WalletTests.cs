using System.Runtime.Versioning;
using Bittensor.Keys;

namespace Bittensor.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class WalletTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly KeySecrets _alice = KeySecrets.FromKeypair(Keypair.FromUri("//Alice"));
    readonly KeySecrets _bob = KeySecrets.FromKeypair(Keypair.FromUri("//Bob"));

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Paths_NamedWallet_FollowTheStandardLayout()
    {
        var wallet = new Wallet("/srv/wallets", "owner", "worker");

        Assert.Equal("/srv/wallets/owner/coldkey", wallet.ColdkeyFile);
        Assert.Equal("/srv/wallets/owner/coldkeypub.txt", wallet.ColdkeyPublicFile);
        Assert.Equal("/srv/wallets/owner/hotkeys/worker", wallet.HotkeyFile);
        Assert.Equal("/srv/wallets/owner/hotkeys/workerpub.txt", wallet.HotkeyPublicFile);
    }

    [Fact]
    public void Paths_Defaults_AreBelowTheHomeDirectory() =>
        Assert.Equal(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/.bittensor/wallets/default/hotkeys/default",
            new Wallet().HotkeyFile);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../other")]
    public void Constructor_NameThatIsAPath_Throws(string name)
    {
        Assert.Throws<ArgumentException>(() => new Wallet(_directory.Path, name));
        Assert.Throws<ArgumentException>(() => new Wallet(_directory.Path, "default", name));
    }

    /// <summary>A writer that was killed leaves a file that may hold a key; the next one that writes there removes it.</summary>
    [Fact]
    public void CreateHotkey_LeftoverOfAKilledWriter_IsRemovedAndNothingElse()
    {
        var hotkeys = Directory.CreateDirectory(System.IO.Path.Combine(_directory.Path, "owner", "hotkeys")).FullName;
        string At(string name) => System.IO.Path.Combine(hotkeys, name);
        var (leftover, ofOthers) = (At($"older.{Guid.NewGuid():N}.tmp"), At("notes.tmp"));
        File.WriteAllText(leftover, "{");
        File.WriteAllText(ofOthers, "mine");
        var beingWritten = At($"other.{Guid.NewGuid():N}.tmp");
        using (new FileStream(beingWritten, FileMode.CreateNew, FileAccess.Write, FileShare.Delete))
            new Wallet(_directory.Path, "owner", "worker").CreateHotkey(_alice);

        Assert.Equal(
            new[] { ofOthers, beingWritten, At("worker"), At("workerpub.txt") }.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(hotkeys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CreateHotkey_NewWallet_LoadsBack()
    {
        var wallet = new Wallet(_directory.Path, "owner", "worker");

        wallet.CreateHotkey(_alice);
        wallet.CreateColdkeyPublic(_bob.Keypair.Coldkey);

        using var hotkey = wallet.LoadHotkey();
        Assert.Equal(_alice.Keypair.Hotkey, hotkey.Hotkey);
        Assert.Equal(_alice.Keypair.Hotkey, wallet.LoadHotkeyPublic());
        Assert.Equal(_bob.Keypair.Coldkey, wallet.LoadColdkeyPublic());
        Assert.False(File.Exists(wallet.ColdkeyFile));
        Assert.All(
            [wallet.HotkeyFile, wallet.HotkeyPublicFile, wallet.ColdkeyPublicFile],
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void LoadHotkeyPublic_WithoutPublicFile_ReadsThePrivateOne()
    {
        var wallet = new Wallet(_directory.Path);
        wallet.CreateHotkey(_alice);
        File.Delete(wallet.HotkeyPublicFile);

        Assert.Equal(_alice.Keypair.Hotkey, wallet.LoadHotkeyPublic());
    }

    [Fact]
    public void LoadColdkeyPublic_WithoutFile_IsNull() => Assert.Null(new Wallet(_directory.Path).LoadColdkeyPublic());

    [Fact]
    public void CreateHotkey_ExistingHotkey_StaysUnlessAskedFor()
    {
        var wallet = new Wallet(_directory.Path);
        wallet.CreateHotkey(_alice);

        Assert.Throws<KeyfileException>(() => wallet.CreateHotkey(_bob));
        Assert.Equal(_alice.Keypair.Hotkey, wallet.LoadHotkeyPublic());

        wallet.CreateHotkey(_bob, overwrite: true);
        using var hotkey = wallet.LoadHotkey();
        Assert.Equal(_bob.Keypair.Hotkey, hotkey.Hotkey);
        Assert.Equal(_bob.Keypair.Hotkey, wallet.LoadHotkeyPublic());
    }

    [Fact]
    public void CreateColdkey_WhereThePublicFileNamesAnotherOwner_WritesNothing()
    {
        var wallet = new Wallet(_directory.Path);
        wallet.CreateColdkeyPublic(_alice.Keypair.Coldkey);

        Assert.Throws<KeyfileException>(() => wallet.CreateColdkey(_bob));

        Assert.False(File.Exists(wallet.ColdkeyFile));
        Assert.Equal(_alice.Keypair.Coldkey, wallet.LoadColdkeyPublic());
        wallet.CreateColdkey(_alice);
        using var coldkey = wallet.LoadColdkey();
        Assert.Equal(_alice.Keypair.Coldkey, coldkey.Coldkey);
    }

    [Fact]
    public void Names_SeveralWallets_AreListedInOrder()
    {
        new Wallet(_directory.Path, "b", "two").CreateHotkey(_alice);
        new Wallet(_directory.Path, "b", "one").CreateHotkey(_bob);
        new Wallet(_directory.Path, "a").CreateColdkeyPublic(_bob.Keypair.Coldkey);

        Assert.Equal(["a", "b"], Wallet.NamesIn(_directory.Path));
        // What a write that was killed leaves behind.
        File.WriteAllText(System.IO.Path.Combine(_directory.Path, "b", "hotkeys", $"one.{Guid.NewGuid():N}.tmp"), "{");
        Assert.Equal(["one", "two"], new Wallet(_directory.Path, "b").HotkeyNames());
        Assert.Empty(new Wallet(_directory.Path, "a").HotkeyNames());
        Assert.Empty(Wallet.NamesIn(Path.Combine(_directory.Path, "none")));
    }
}
