namespace Scenarios;

/// <summary>What a flood is made of, in equal parts.</summary>
enum JunkKind
{
    /// <summary>A check without a signature.</summary>
    Unsigned,

    /// <summary>A check under the validator's name with a signature of another key, well-formed and costly to refuse.</summary>
    Forged,

    /// <summary>A body announced and begun that is larger than the limit.</summary>
    Oversized,

    /// <summary>A head that is begun and never ended; the connection stays open.</summary>
    Slow,

    /// <summary>Bytes that are no HTTP.</summary>
    Random,
}
