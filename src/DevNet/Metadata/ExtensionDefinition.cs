namespace DevNet.Metadata;

/// <summary>A transaction extension: the type it adds to the extrinsic, and the type it adds to the signed payload only.</summary>
sealed record ExtensionDefinition(string Name, string Extra, string Implicit);
