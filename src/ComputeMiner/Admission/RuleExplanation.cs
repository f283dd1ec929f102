namespace ComputeMiner.Admission;

/// <summary>What one rule says of a hotkey.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Verdict"><c>refuse</c>, <c>admit</c>, or <c>pass</c>, which leaves it to the next one.</param>
/// <param name="Figures">What that rests on.</param>
/// <param name="Decides">True for the first that does not pass.</param>
sealed record RuleExplanation(string Rule, string Verdict, string Figures, bool Decides);
