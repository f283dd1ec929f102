using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class AuthorizedKeysTests
{
    static readonly SshPublicKey Key = Parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhzmRP2SPFi0CPM6kzVBqOQTEpSDwhzmhWIbHeNJgMT new");

    [Theory]
    [InlineData("", KeySlot.User, "KEY\n\n")]
    [InlineData("", KeySlot.Terminal, "\nKEY\n")]
    [InlineData("\n\n", KeySlot.User, "KEY\n\n")]
    [InlineData("old\nterminal\n", KeySlot.User, "KEY\nterminal\n")]
    [InlineData("user\nold\ntenant 1\ntenant 2\n", KeySlot.Terminal, "user\nKEY\ntenant 1\ntenant 2\n")]
    [InlineData("user\nold\ntenant without newline", KeySlot.User, "KEY\nold\ntenant without newline\n")]
    public void Replace_Slot_TouchesNoOtherLine(string before, object slot, string after) =>
        Assert.Equal(after.Replace("KEY", Key.Line, StringComparison.Ordinal), AuthorizedKeys.Replace(before, (KeySlot)slot, Key));

    [Fact]
    public void Replace_WithNothing_ClearsTheSlot() => Assert.Equal("\nterminal\n", AuthorizedKeys.Replace("user\nterminal\n", KeySlot.User, null));

    [Fact]
    public void Initial_TenantAppends_LandsInNoSlot()
    {
        var file = AuthorizedKeys.Initial(null) + "tenant's own\n";

        Assert.Equal($"{Key.Line}\n\ntenant's own\n", AuthorizedKeys.Replace(file, KeySlot.User, Key));
    }

    static SshPublicKey Parse(string line) => SshPublicKey.TryParse(line, out var key) ? key! : throw new FormatException(line);
}
