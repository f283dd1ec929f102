using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bittensor.Files;

namespace ComputeMiner;

/// <summary>One value as a file in the state directory, replaced in one step; only this user can read it.</summary>
sealed class JsonStateFile<T>(string path, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>Bytes of a file that is read.</summary>
    public const int Largest = 16 << 20;

    /// <summary>Null when there is nothing, or nothing that can be read. What a list holds is for the caller to look at.</summary>
    public T? Read()
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= Largest ? JsonSerializer.Deserialize(file, type) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(T value)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(path, file => JsonSerializer.Serialize(file, value, type));
    }
}
