using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public class KeyfilePasswordTests
{
    const string Path = "/srv/wallets/default/coldkey";

    public static TheoryData<string> Vectors => VectorFile.Wallet.Names("env_passwords", "path", "password");

    [Theory, MemberData(nameof(Vectors))]
    public void Read_Vector_GivesTheRecordedPassword(string name)
    {
        var vector = VectorFile.Wallet.Find("env_passwords", name);
        var path = vector.Text("path");

        Assert.Equal(vector.Text("env_name"), KeyfilePassword.VariableName(path));
        Assert.Equal(vector.Text("env_value"), KeyfilePassword.Veil(path, vector.Text("password")));
        Assert.Equal(
            vector.Text("password"),
            KeyfilePassword.Read(path, variable => variable == vector.Text("env_name") ? vector.Text("env_value") : null));
    }

    [Fact]
    public void FromEnvironment_SetVariable_GivesThePassword()
    {
        var path = $"/srv/wallets/{Guid.NewGuid():N}/coldkey";
        Environment.SetEnvironmentVariable(KeyfilePassword.VariableName(path), KeyfilePassword.Veil(path, "secret"));

        Assert.Equal("secret", KeyfilePassword.FromEnvironment(path));
    }

    [Fact]
    public void Read_UnsetVariable_IsNull() => Assert.Null(KeyfilePassword.Read(Path, _ => null));

    [Fact]
    public void Read_EmptyVariable_IsTheEmptyPassword() => Assert.Equal("", KeyfilePassword.Read(Path, _ => ""));

    [Theory]
    [InlineData("testing123!")]
    [InlineData("NjEsJD4xOHl9fmQ")]
    [InlineData("/////w==")]
    public void Read_ValueThatIsNotVeiled_IsRefusedWithoutRepeatingIt(string value)
    {
        var error = Assert.Throws<KeyfileException>(() => KeyfilePassword.Read(Path, _ => value));

        Assert.Contains("BT_PW__SRV_WALLETS_DEFAULT_COLDKEY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal);
    }
}
