namespace ComputeMiner.Specs;

/// <summary>How fresh the document is.</summary>
/// <param name="At">When it was put together; null while there is none.</param>
/// <param name="Kept">Parts that are not of the last probe, each with the reason.</param>
sealed record SpecsStatus(DateTimeOffset? At, IReadOnlyList<KeptPart> Kept)
{
    /// <summary>One line for the operator.</summary>
    public string Detail(DateTimeOffset now)
    {
        var age = At is { } at ? $"{Math.Max(0, (now - at).TotalMinutes):0} min old" : "none yet";
        return Kept.Count == 0 ? age : $"{age}; {string.Join("; ", Kept.Select(part => $"{part.Name}: {part.Reason}"))}";
    }
}

/// <summary>A part of the document that the last probe did not renew.</summary>
/// <param name="Name">The document's name of it.</param>
/// <param name="Reason">Why not.</param>
/// <param name="IsFault">Something is wrong, as opposed to left alone for a renter's sake.</param>
sealed record KeptPart(string Name, string Reason, bool IsFault = true);
