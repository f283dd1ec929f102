namespace Bittensor.Subtensor;

/// <summary>What stands around a runtime API's value.</summary>
enum ReplyWrapping
{
    /// <summary>Nothing: the metadata declares the value's own type.</summary>
    None,

    /// <summary>A <c>Vec&lt;u8&gt;</c> around the value's bytes, as before about spec version 233.</summary>
    Bytes,

    /// <summary>V14 metadata does not tell; the bytes themselves decide.</summary>
    Unknown,
}
