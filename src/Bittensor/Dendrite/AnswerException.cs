namespace Bittensor.Dendrite;

/// <summary>An answer that cannot be used, with the status a Python dendrite records for it.</summary>
sealed class AnswerException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The answer arrived but is not what it must be.</summary>
    public static AnswerException Unparsable(string reason) => new(422, $"Failed to parse response: {reason}");
}
