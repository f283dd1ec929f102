namespace DevNet.Registry.Graphql;

/// <summary>A request the service refuses, with the status and the code it answers with.</summary>
sealed class GraphqlException(int status, string message, string? code = null) : Exception(message)
{
    public int Status => status;

    public string? Code => code;
}
