namespace Bittensor.Substrate;

/// <summary>How a map key becomes part of a storage key, in the metadata's wire order.</summary>
public enum StorageHasher : byte
{
    /// <summary>BLAKE2b of 16 bytes.</summary>
    Blake2With128,
    /// <summary>BLAKE2b of 32 bytes.</summary>
    Blake2With256,
    /// <summary>BLAKE2b of 16 bytes, then the key itself.</summary>
    Blake2With128Concat,
    /// <summary>Two XXH64 with seeds 0 and 1.</summary>
    Twox128,
    /// <summary>Four XXH64 with seeds 0 to 3.</summary>
    Twox256,
    /// <summary>One XXH64, then the key itself.</summary>
    Twox64Concat,
    /// <summary>The key itself.</summary>
    Identity,
}
