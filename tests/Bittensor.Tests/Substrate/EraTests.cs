using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class EraTests
{
    public static TheoryData<string> Eras => VectorFile.Chain.Names("era", "kind", "period", "current");

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mortal_Vector_HasPhaseBirthDeathAndBytes(string name)
    {
        var vector = VectorFile.Chain.Find("era", name);
        if (vector.Text("kind") == "immortal")
        {
            Assert.Equal(vector.Hex("hex"), Era.Immortal.Encode());
            return;
        }
        var current = vector.GetProperty("current").GetUInt64();
        var era = Era.Mortal(vector.GetProperty("period").GetInt32(), current);

        Assert.Equal(vector.Hex("hex"), era.Encode());
        Assert.Equal(vector.GetProperty("phase").GetUInt32(), era.Phase);
        Assert.Equal(vector.GetProperty("birth_block").GetUInt64(), era.Birth(current));
        Assert.Equal(vector.GetProperty("death_block").GetUInt64(), era.Death(current));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(131072)]
    public void Mortal_PeriodNotAPowerOfTwoInRange_IsRefused(int period) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Era.Mortal(period, 1));
}
