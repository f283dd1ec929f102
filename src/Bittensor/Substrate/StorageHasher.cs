namespace Bittensor.Substrate;

/// <summary>How a map key becomes part of a storage key, in the metadata's wire order.</summary>
public enum StorageHasher : byte
{
    Blake2With128,
    Blake2With256,
    Blake2With128Concat,
    Twox128,
    Twox256,
    Twox64Concat,
    Identity,
}
