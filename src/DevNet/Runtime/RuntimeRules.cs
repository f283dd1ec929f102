namespace DevNet.Runtime;

/// <summary>How one runtime behaves where its metadata does not say so. The defaults are those of spec 393.</summary>
sealed record RuntimeRules
{
    /// <summary>The metadata formats it offers.</summary>
    public IReadOnlyList<uint> MetadataVersions { get; init; } = [14, 15, 16];

    /// <summary>Extrinsic formats named in V16 metadata. The chain takes format 4 only.</summary>
    public byte[] ExtrinsicVersions { get; init; } = [4];

    /// <summary>True when subnet and neuron calls return their result as the content of a <c>Vec&lt;u8&gt;</c>.</summary>
    public bool WrapsReplies { get; init; }

    /// <summary>True when netuids, amounts and scores are types of their own around a number.</summary>
    public bool WrapsNumbers { get; init; }

    /// <summary>True when the pool refuses a serve_axon and a registration that would fail.</summary>
    public bool ValidatesCalls { get; init; } = true;

    /// <summary>True when an axon may be reset by serving address 0.</summary>
    public bool TakesZeroAddress { get; init; } = true;

    /// <summary>True when serving needs a uid on the very subnet, false when one on any subnet will do.</summary>
    public bool ServesOwnSubnetOnly { get; init; }

    /// <summary>True when registering costs a fee besides the subnet's price.</summary>
    public bool RegistrationPaysFee { get; init; } = true;

    /// <summary>Priority of every transaction in the pool.</summary>
    public ulong Priority { get; init; } = 1;
}
