namespace Bittensor.Axon;

/// <summary>
/// Who may call, and whose turn comes first. Called for each request on the hot path, concurrently: answer from memory.
/// </summary>
public interface IAxonAdmission
{
    /// <summary>Decides on a caller whose hotkey is only claimed: must cost little and change nothing.</summary>
    AxonVerdict Admit(in AxonCaller caller);

    /// <summary>The caller's weight when requests wait, usually his stake; the endpoint's offset is added to it.</summary>
    double Priority(in AxonCaller caller);
}
