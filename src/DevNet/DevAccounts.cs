using Bittensor.Keys;

namespace DevNet;

/// <summary>
/// The accounts every development chain funds. Their secrets are public: <c>Keypair.FromUri("//Alice")</c> and so on.
/// </summary>
public static class DevAccounts
{
    public static AccountId Alice { get; } = Read("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");

    public static AccountId Bob { get; } = Read("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");

    public static AccountId Charlie { get; } = Read("5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y");

    public static AccountId Dave { get; } = Read("5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy");

    public static AccountId Eve { get; } = Read("5HGjWAeFDfFCWPsjFQdVV2Msvz2XtMktvgocEZcCj68kUMaw");

    public static AccountId Ferdie { get; } = Read("5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL");

    /// <summary>All six.</summary>
    public static IReadOnlyList<AccountId> All { get; } = [Alice, Bob, Charlie, Dave, Eve, Ferdie];

    static AccountId Read(string ss58) => Ss58Address.Decode(ss58);
}
