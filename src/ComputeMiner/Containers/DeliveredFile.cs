using System.Text;

namespace ComputeMiner.Containers;

/// <summary>A file put into a container, owned by root. Its directory is there already, except at a hand-over.</summary>
sealed record DeliveredFile(string Path, byte[] Content, UnixFileMode Mode)
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Readable = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static DeliveredFile Text(string path, string text, UnixFileMode mode) => new(path, Encoding.UTF8.GetBytes(text), mode);

    /// <summary>Path only: the content may be secret.</summary>
    public override string ToString() => Path;
}
