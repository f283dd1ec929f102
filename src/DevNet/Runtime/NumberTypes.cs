using DevNet.Metadata;

namespace DevNet.Runtime;

/// <summary>The names that subnet structs use for numbers: other words for plain ones, or types of their own around them.</summary>
static class NumberTypes
{
    public static void DeclarePlain(TypeRegistry types) => types
        .Alias("NetUid", "u16")
        .Alias("NetUidStorageIndex", "u16")
        .Alias("TaoCurrency", "u64")
        .Alias("AlphaCurrency", "u64")
        .Alias("Score", "u16")
        .Alias("Cutoff", "u16");

    /// <summary>A compact of such a type is the compact of the number inside, so the bytes stay what they were.</summary>
    public static void DeclareWrapped(TypeRegistry types) => types
        .Struct("NetUid", "subtensor_runtime_common::NetUid", "u16")
        .Struct("NetUidStorageIndex", "subtensor_runtime_common::NetUidStorageIndex", "u16")
        .Struct("TaoCurrency", "subtensor_runtime_common::currency::TaoBalance", "u64")
        .Struct("AlphaCurrency", "subtensor_runtime_common::currency::AlphaBalance", "u64")
        .Struct("Score", "sp_arithmetic::per_things::PerU16", "u16")
        .Alias("Cutoff", "u64");
}
