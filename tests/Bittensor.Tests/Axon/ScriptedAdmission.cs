using System.Collections.Concurrent;
using Bittensor.Axon;
using Bittensor.Keys;

namespace Bittensor.Tests.Axon;

/// <summary>Admits everyone, or refuses everyone with a reason; priorities by hotkey.</summary>
sealed class ScriptedAdmission : IAxonAdmission
{
    public string? Reason { get; set; }

    public ConcurrentDictionary<Hotkey, double> Priorities { get; } = [];

    public int Asked { get; private set; }

    public AxonVerdict Admit(in AxonCaller caller)
    {
        Asked++;
        return Reason is { } reason ? AxonVerdict.Refuse(reason) : AxonVerdict.Admitted;
    }

    public double Priority(in AxonCaller caller) => Priorities.GetValueOrDefault(caller.Hotkey);
}
