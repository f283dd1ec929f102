using Bittensor.Scale;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Scale;

public class ScaleWriterTests
{
    public static TheoryData<string> Compacts => VectorFile.Chain.Names("compact", "value");

    [Theory]
    [MemberData(nameof(Compacts))]
    public void WriteCompact_Vector_IsWrittenAndReadBack(string name)
    {
        var vector = VectorFile.Chain.Find("compact", name);
        var value = UInt128.Parse(vector.Text("value"));

        Assert.Equal(vector.Hex("hex"), new ScaleWriter().WriteCompact(value).ToArray());
        var reader = new ScaleReader(vector.Hex("hex"));
        Assert.Equal(value, reader.ReadCompact());
        Assert.Equal(0, reader.Remaining);
    }
}
