using Bittensor.Crypto;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Crypto;

/// <summary>Which 32 bytes are a point, as <see cref="Sr25519.Verify"/> learns it: from a multiplication that is refused.</summary>
public class RistrettoTests
{
    public static TheoryData<string> Valid => VectorFile.Sr25519["ristretto255"].GetProperty("valid").Names();

    public static TheoryData<string> Invalid => VectorFile.Sr25519["ristretto255"].GetProperty("invalid").Names();

    static ReadOnlySpan<byte> One => [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Theory, MemberData(nameof(Valid))]
    public void Multiply_ValidEncodingByOne_IsTheSamePoint(string name)
    {
        var point = VectorFile.Sr25519["ristretto255"].GetProperty("valid").Find(name).Hex("enc");

        var (status, product) = TimesOne(point);

        // The identity is a point, but a product that is the identity is refused; nobody's key may be it.
        Assert.Equal(name.EndsWith("identity", StringComparison.Ordinal) ? -1 : 0, status);
        Assert.Equal(point, product);
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Multiply_InvalidEncoding_IsRefused(string name)
    {
        var encoding = VectorFile.Sr25519["ristretto255"].GetProperty("invalid").Find(name).Hex("enc");

        Assert.Equal(-1, TimesOne(encoding).Status);
    }

    static (int Status, byte[] Product) TimesOne(byte[] point)
    {
        Sodium.EnsureInitialized();
        var product = new byte[32];
        return (Sodium.crypto_scalarmult_ristretto255(product, One, point), product);
    }
}
