using CsCheck;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>Sequences in which a machine is rented often enough for the rest to matter.</summary>
static class HappeningGen
{
    static readonly Gen<Deed> AnyDeed = Gen.Frequency(
        (6, Gen.Const(Deed.AllocateRental)),
        (2, Gen.Const(Deed.AllocateTest)),
        (3, Gen.Const(Deed.Tend)),
        (2, Gen.Const(Deed.TimePasses)),
        (20, Gen.Enum<Deed>()));

    // Two of three deeds are not interrupted; the others die at one of their first steps.
    static readonly Gen<int> AnyKill = Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 18]));

    static readonly Gen<Happening> Any = Gen.Select(AnyDeed, Gen.Bool, Gen.Int[0, 11], AnyKill, (deed, byBob, amount, kill) => new Happening(deed, byBob, amount, kill));

    static readonly Gen<Happening> AnyDeadly = Gen.Select(
        Gen.Frequency((3, Gen.Const(Deed.KillDockerdAllocating)), (2, Gen.Const(Deed.KillDockerd)), (5, AnyDeed)),
        Gen.Bool, Gen.Int[0, 11], AnyKill, (deed, byBob, amount, kill) => new Happening(deed, byBob, amount, kill));

    /// <summary>Sequences in which the engine dies often.</summary>
    public static Gen<Happening[]> Deadly(int shortest, int longest) => AnyDeadly.Array[shortest, longest];

    public static Gen<Happening[]> Sequence(int shortest, int longest) => Any.Array[shortest, longest];
}
