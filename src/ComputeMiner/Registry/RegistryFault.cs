namespace ComputeMiner.Registry;

/// <summary>Why the registry did not do what it was asked, by what helps.</summary>
enum RegistryFault
{
    /// <summary>No usable answer: no connection, a server's fault, a proxy's page, half an answer. Asking again helps.</summary>
    Unavailable,

    /// <summary>Too many requests. Waiting helps.</summary>
    RateLimited,

    /// <summary>The key is not accepted.</summary>
    Unauthorised,

    /// <summary>The key's account may not do this.</summary>
    Forbidden,

    /// <summary>The project or the run is not there.</summary>
    NotFound,

    /// <summary>The id is taken, or was and can never be again.</summary>
    Conflict,

    /// <summary>The request itself is not taken. Sending the same again does not help.</summary>
    Rejected,

    /// <summary>The request is larger than is taken. A part of it may be.</summary>
    TooLarge,
}
