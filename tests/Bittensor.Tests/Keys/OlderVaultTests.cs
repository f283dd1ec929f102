using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public sealed class OlderVaultTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("ansible")]
    [InlineData("fernet_legacy")]
    public void Read_OlderMethodWithWrongPassword_IsRefused(string method)
    {
        var vector = VectorFile.Wallet["encrypted"].EnumerateArray().Single(v => v.Text("method") == method);
        var path = _directory.File("coldkey", vector.Text("file_text"));

        Assert.Contains("password is wrong", Assert.Throws<KeyfileException>(() => Keyfile.Read(path, _ => "another")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$ANSIBLE_VAULT")]
    [InlineData("$ANSIBLE_VAULT;1.1;AES256")]
    [InlineData("$ANSIBLE_VAULT;1.1;AES256\n3030")]
    [InlineData("$ANSIBLE_VAULT;1.1;AES256\nxyz")]
    [InlineData("$ANSIBLE_VAULT;9.9;ROT13\n3030")]
    [InlineData("gAAAAA")]
    [InlineData("gAAAAA====")]
    [InlineData("gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD0I6GtASgptRZOcH")]
    public void Read_DamagedOlderMethod_IsRefused(string content)
    {
        var path = _directory.File("coldkey", content);

        Assert.Contains(path, Assert.Throws<KeyfileException>(() => Keyfile.Read(path, _ => "testing123!")).Message, StringComparison.Ordinal);
    }
}
