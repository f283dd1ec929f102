using System.Globalization;
using System.Text;
using Bittensor.Files;

namespace ComputeMiner.Notices;

/// <summary>
/// The last warning given to a renter, kept in the state directory so that a restart of the miner does not repeat it. A directory that
/// cannot be written costs a repetition, no more.
/// </summary>
sealed class GivenWarnings(string stateDirectory)
{
    public const string FileName = "warned";

    readonly string _path = Path.Combine(stateDirectory, FileName);
    (string Allocation, TimeSpan Before)? _last;

    /// <summary>How long before the end this allocation was warned last; null when never.</summary>
    public TimeSpan? Last(string allocation)
    {
        _last ??= Read();
        return _last is { } last && last.Allocation == allocation ? last.Before : null;
    }

    public void Add(string allocation, TimeSpan before)
    {
        _last = (allocation, before);
        try
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{allocation} {(long)before.TotalSeconds}\n");
            DurableFile.Replace(_path, file => file.Write(Encoding.UTF8.GetBytes(text)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Whoever needs the directory more says what is wrong with it.
        }
    }

    (string Allocation, TimeSpan Before)? Read()
    {
        try
        {
            return File.ReadAllText(_path).Split(' ') is [var allocation, var seconds]
                && long.TryParse(seconds, NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var before)
                    ? (allocation, TimeSpan.FromSeconds(Math.Min(before, int.MaxValue)))
                    : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
