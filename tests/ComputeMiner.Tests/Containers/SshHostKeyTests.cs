using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class SshHostKeyTests
{
    [Fact]
    public async Task Generate_SshKeygen_ReadsTheKeyAndDerivesTheSamePublicPart()
    {
        var (privateFile, publicFile) = SshHostKey.Generate();
        using var directory = new TemporaryDirectory();
        var path = directory.At("key");
        await File.WriteAllTextAsync(path, privateFile, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, DeliveredFile.Private);

        var derived = await HostCommand.RunAsync("ssh-keygen", ["-y", "-P", "", "-f", path]);

        Assert.Equal(publicFile.Trim(), derived.Trim());
    }

    [Fact]
    public void Generate_Twice_DiffersInBothParts()
    {
        var first = SshHostKey.Generate();
        var second = SshHostKey.Generate();

        Assert.NotEqual(first.PrivateFile, second.PrivateFile);
        Assert.NotEqual(first.PublicFile, second.PublicFile);
    }
}
