using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public class Ss58AddressTests
{
    public static TheoryData<string> Valid => VectorFile.Ss58.Names("valid", "address");

    public static TheoryData<string> OtherFormats => VectorFile.Ss58.Names("other_formats", "format");

    public static TheoryData<string> Invalid => VectorFile.Ss58.Names("invalid");

    [Theory, MemberData(nameof(Valid))]
    public void Encode_ValidVector_IsTheRecordedAddress(string name)
    {
        var vector = VectorFile.Ss58.Find("valid", name);

        Assert.Equal(vector.Text("address"), Ss58Address.Encode(vector.Hex("public")));
    }

    [Theory, MemberData(nameof(Valid))]
    public void Decode_ValidVector_IsTheRecordedKey(string name)
    {
        var vector = VectorFile.Ss58.Find("valid", name);

        Assert.Equal(new AccountId(vector.Hex("public")), Ss58Address.Decode(vector.Text("address")));
    }

    [Fact]
    public void Encode_WorkedExample_IsTheRecordedAddress()
    {
        var example = VectorFile.Ss58["worked_example"];

        Assert.Equal(example.Text("address"), Ss58Address.Encode(example.Hex("public")));
    }

    [Theory, MemberData(nameof(OtherFormats))]
    public void TryDecode_AnotherFormatOfTheSameKey_IsRefused(string name)
    {
        Assert.False(Ss58Address.TryDecode(VectorFile.Ss58.Find("other_formats", name).Text("address"), out var account));
        Assert.True(account.IsZero);
    }

    [Theory, MemberData(nameof(Invalid))]
    public void TryDecode_InvalidVector_IsRefused(string name)
    {
        var address = VectorFile.Ss58.Find("invalid", name).Text("address");

        Assert.False(Ss58Address.TryDecode(address, out var account));
        Assert.True(account.IsZero);
        Assert.Throws<FormatException>(() => Ss58Address.Decode(address));
    }

    [Fact]
    public void TryDecode_Null_IsRefused() => Assert.False(Ss58Address.TryDecode(null, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Encode_KeyOfWrongLength_Throws(int length) => Assert.Throws<ArgumentException>(() => Ss58Address.Encode(new byte[length]));

    [Fact]
    public void TryDecode_ManyTimes_AllocatesNothing()
    {
        var address = VectorFile.Ss58["worked_example"].Text("address");
        Ss58Address.TryDecode(address, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Ss58Address.TryDecode(address, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(read);
    }
}
