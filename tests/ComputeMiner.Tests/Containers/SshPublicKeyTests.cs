using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class SshPublicKeyTests
{
    const string Good = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhzmRP2SPFi0CPM6kzVBqOQTEpSDwhzmhWIbHeNJgMT";

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("rsa", "2048")]
    [InlineData("rsa", "4096")]
    [InlineData("ecdsa", "256")]
    [InlineData("ecdsa", "521")]
    public async Task TryParse_KeyOfSshKeygen_IsTaken(string type, string bits)
    {
        using var directory = new TemporaryDirectory();
        var path = directory.At("key");
        await HostCommand.RunAsync("ssh-keygen", ["-q", "-t", type, "-b", bits, "-N", "", "-C", "someone@example — Zoë", "-f", path]);
        var line = await File.ReadAllTextAsync(path + ".pub", TestContext.Current.CancellationToken);

        Assert.True(SshPublicKey.TryParse(line, out var key));
        Assert.Equal(line.Trim(), key!.Line);
    }

    public static TheoryData<string> Refused =>
    [
        "",
        "None",
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-ed25519 !!!!",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
        Good.Replace("ssh-ed25519 ", "ssh-rsa ", StringComparison.Ordinal),
        Good.Replace("ssh-ed25519 ", "ssh-dss ", StringComparison.Ordinal),
        "command=\"/bin/sh\" " + Good,
        Good + "\n" + Good,
        Good + " a\rb",
        Good + " a\tb",
        Good + " a\0b",
        Good + " a\u2028b",
        Good + " a\ud800b",
        Good + " " + new string('x', SshPublicKey.MaxLength),
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryParse_NotOneKeyLine_IsRefused(string text) => Assert.False(SshPublicKey.TryParse(text, out _));

    [Fact]
    public void TryParse_ShellTextInComment_IsOnlyText()
    {
        Assert.True(SshPublicKey.TryParse($"  {Good}  '; touch /pwned; ' \n", out var key));
        Assert.Equal($"{Good} '; touch /pwned; '", key!.Line);
    }
}
