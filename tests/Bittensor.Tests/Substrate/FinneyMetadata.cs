using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

/// <summary>
/// The real metadata (V16) of finney's spec version 365. It lies beside the repository, in <c>shared</c>, where it may not be there:
/// tests that need it skip then.
/// </summary>
static class FinneyMetadata
{
    static readonly Lazy<byte[]?> File = new(Find);
    static readonly Lazy<RuntimeMetadata?> Parsed = new(() => File.Value is { } bytes ? RuntimeMetadata.Parse(bytes) : null);

    public static byte[] Bytes
    {
        get
        {
            Assert.SkipWhen(File.Value is null, "shared/reference/data/finney-365.scale is not beside the repository.");
            return File.Value!;
        }
    }

    public static RuntimeMetadata Metadata
    {
        get
        {
            _ = Bytes;
            return Parsed.Value!;
        }
    }

    static byte[]? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "reference", "data", "finney-365.scale");
            if (System.IO.File.Exists(file))
                return System.IO.File.ReadAllBytes(file);
        }
        return null;
    }
}
