namespace Bittensor.Axon;

/// <summary>What became of a request: one value per reason, so that each can be counted.</summary>
public enum AxonOutcome
{
    /// <summary>403: the caller is not admitted. The default, so that a forgotten verdict refuses.</summary>
    Refused,

    /// <summary>200: the handler answered.</summary>
    Answered,

    /// <summary>400: the request cannot be read.</summary>
    Malformed,

    /// <summary>401: a part of the identity is missing or unreadable.</summary>
    Unidentified,

    /// <summary>401: the nonce is outside the window of time.</summary>
    Stale,

    /// <summary>401: the nonce is not newer than the last one of this hotkey and uuid.</summary>
    Replayed,

    /// <summary>401: the signature does not verify.</summary>
    BadSignature,

    /// <summary>404: no such synapse.</summary>
    UnknownRoute,

    /// <summary>405: the method is not POST.</summary>
    WrongMethod,

    /// <summary>408: the caller's timeout ended first.</summary>
    TimedOut,

    /// <summary>413: the body is over the limit.</summary>
    TooLarge,

    /// <summary>422: the body is no JSON, or a field has a wrong type.</summary>
    Unprocessable,

    /// <summary>429: the address causes too much work without proving who it is.</summary>
    Throttled,

    /// <summary>500: the handler failed.</summary>
    Faulted,

    /// <summary>503: more requests wait than may.</summary>
    NoTurn,

    /// <summary>No answer: the caller closed the connection first.</summary>
    Abandoned,
}
