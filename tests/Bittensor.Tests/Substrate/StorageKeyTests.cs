using System.Text;
using Bittensor.Crypto;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class StorageKeyTests
{
    public static TheoryData<string> Hashes => VectorFile.Chain.Names("hashes", "input_utf8");

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Hash_Vector_IsTheRecordedHash(string name)
    {
        var vector = VectorFile.Chain.Find("hashes", name);
        var input = Encoding.UTF8.GetBytes(vector.Text("input_utf8"));

        Assert.Equal(vector.Hex("twox64"), Twox.Hash64(input));
        Assert.Equal(vector.Hex("twox128"), StorageKey.Hash(StorageHasher.Twox128, input));
        Assert.Equal([.. vector.Hex("twox64"), .. input], StorageKey.Hash(StorageHasher.Twox64Concat, input));
        Assert.Equal(vector.Hex("blake2_128"), StorageKey.Hash(StorageHasher.Blake2With128, input));
        Assert.Equal([.. vector.Hex("blake2_128"), .. input], StorageKey.Hash(StorageHasher.Blake2With128Concat, input));
        Assert.Equal(vector.Hex("blake2_256"), StorageKey.Hash(StorageHasher.Blake2With256, input));
        Assert.Equal(input, StorageKey.Hash(StorageHasher.Identity, input));
        Assert.Equal(vector.Hex("twox128"), StorageKey.Hash(StorageHasher.Twox256, input)[..16]);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void Of_EveryFormat_GivesTheRecordedKeys(byte format)
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Classic, format);
        var known = VectorFile.Chain["storage_keys"].EnumerateArray()
            .Where(vector => metadata.Pallet(vector.Text("pallet")).Storage.ContainsKey(vector.Text("item"))).ToList();

        Assert.True(known.Count >= 15);
        foreach (var vector in known)
            Assert.Equal(vector.Hex("key"), StorageKey.Of(metadata, vector.Text("pallet"), vector.Text("item"), ChainVectors.Keys(vector.GetProperty("args"))));
    }

    [Fact]
    public void Of_WrongNumberOfKeys_IsRefused() =>
        Assert.Throws<ScaleException>(() => StorageKey.Of(TestRuntime.Metadata(RuntimeAge.Current), "SubtensorModule", "Uids", ScaleValue.Of(27)));

    [Fact]
    public void Of_KeyTooLarge_IsRefused() =>
        Assert.Throws<ScaleException>(() => StorageKey.Of(TestRuntime.Metadata(RuntimeAge.Current), "SubtensorModule", "Burn", ScaleValue.Of(65536)));

    [Fact]
    public void Of_UnknownItem_IsRefused() =>
        Assert.Throws<ScaleException>(() => StorageKey.Of(TestRuntime.Metadata(RuntimeAge.Current), "SubtensorModule", "Rank", ScaleValue.Of(27)));
}
