using Bittensor.Axon;
using Bittensor.Keys;

namespace Fuzzing;

/// <summary>Admits one hotkey.</summary>
sealed class OneCaller(Hotkey admitted) : IAxonAdmission
{
    public AxonVerdict Admit(in AxonCaller caller) => caller.Hotkey == admitted ? AxonVerdict.Admitted : AxonVerdict.Refuse("Not the one");

    public double Priority(in AxonCaller caller) => 1;
}
