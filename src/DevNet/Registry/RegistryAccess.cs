using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>Who may write. The project is open: everybody reads, everybody with an account makes runs, and changes only those.</summary>
static class RegistryAccess
{
    /// <exception cref="GraphqlException">401: nobody is logged in; 403: he may not write here.</exception>
    public static DevRegistryAccount DemandWrite(DevRegistryAccount? account) => account switch
    {
        null => throw new GraphqlException(401, "user is not logged in", "PERMISSION_ERROR"),
        { CanWrite: false } => throw Denied(),
        _ => account,
    };

    /// <exception cref="GraphqlException">401 or 403.</exception>
    public static void DemandWrite(DevRegistryAccount? account, RunRecord run)
    {
        if (DemandWrite(account) is { IsMember: false } stranger && stranger.Username != run.Owner)
            throw Denied();
    }

    static GraphqlException Denied() => new(403, "permission denied", "PERMISSION_ERROR");
}
