using Bittensor.Scale;
using CsCheck;

namespace Bittensor.Tests.Scale;

public class ScaleReaderTests
{
    [Theory]
    [InlineData("0100")]
    [InlineData("02000000")]
    [InlineData("0300000000")]
    [InlineData("0700000040 00")]
    [InlineData("4b0000000000000000000000000000000000000000000001")]
    public void ReadCompact_LongerThanNeededOrTooWide_IsRefused(string hex) =>
        Assert.Throws<ScaleException>(() => new ScaleReader(Convert.FromHexString(hex.Replace(" ", ""))).ReadCompact());

    [Fact]
    public void ReadBool_Two_IsRefused() => Assert.Throws<ScaleException>(() => new ScaleReader([2]).ReadBool());

    [Fact]
    public void ReadString_NotUtf8_IsRefused() => Assert.Throws<ScaleException>(() => new ScaleReader([8, 0xff, 0xfe]).ReadString());

    [Fact]
    public void ReadLength_MoreThanTheBytesLeft_IsRefused() => Assert.Throws<ScaleException>(() => new ScaleReader([0xfe, 0xff, 0xff, 0xff, 1]).ReadLength(1));

    [Fact]
    public void ReadCompact_AnyNumber_ComesBack() => Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 127]).Sample((high, low, shift) =>
    {
        var value = new UInt128(high, low) >> shift;
        var reader = new ScaleReader(new ScaleWriter().WriteCompact(value).ToArray());
        return reader.ReadCompact() == value && reader.Remaining == 0;
    });

    [Fact]
    public void ReadString_AnyText_ComesBack() => Gen.String.Where(text => text.All(c => !char.IsSurrogate(c))).Sample(text =>
    {
        var reader = new ScaleReader(new ScaleWriter().WriteString(text).ToArray());
        return reader.ReadString() == text && reader.Remaining == 0;
    });
}
