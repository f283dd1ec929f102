using System.Runtime.InteropServices;

namespace Bittensor.Crypto;

/// <summary>The libsodium functions in use. Every span handed over has the length the C function expects; callers check.</summary>
static unsafe partial class Sodium
{
    const string Library = "libsodium";

    static Sodium()
    {
        if (sodium_init() < 0)
            throw new PlatformNotSupportedException("libsodium could not be initialised: no source of randomness.");
    }

    /// <summary>Runs the static constructor, so that the library is ready before the first native call.</summary>
    public static void EnsureInitialized() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Sodium).TypeHandle);

    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    public static partial int crypto_generichash(
        Span<byte> output, nuint outputLength, ReadOnlySpan<byte> input, ulong inputLength, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    public static partial int crypto_core_ristretto255_sub(Span<byte> result, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library)]
    public static partial void crypto_core_ristretto255_scalar_reduce(Span<byte> result, ReadOnlySpan<byte> wide);

    [LibraryImport(Library)]
    public static partial void crypto_core_ristretto255_scalar_mul(Span<byte> result, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library)]
    public static partial void crypto_core_ristretto255_scalar_add(Span<byte> result, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_ristretto255(Span<byte> result, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point);

    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_ristretto255_base(Span<byte> result, ReadOnlySpan<byte> scalar);

    [LibraryImport(Library)]
    public static partial int crypto_pwhash(
        Span<byte> output, ulong outputLength, ReadOnlySpan<byte> password, ulong passwordLength,
        ReadOnlySpan<byte> salt, ulong opsLimit, nuint memLimit, int algorithm);

    [LibraryImport(Library)]
    public static partial int crypto_secretbox_easy(
        Span<byte> cipher, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key);

    [LibraryImport(Library)]
    public static partial int crypto_secretbox_open_easy(
        Span<byte> message, ReadOnlySpan<byte> cipher, ulong cipherLength, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key);
}
