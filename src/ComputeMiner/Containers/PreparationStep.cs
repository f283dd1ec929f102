namespace ComputeMiner.Containers;

/// <summary>Progress of preparing the image: about how far, in percent, and what is being done.</summary>
readonly record struct PreparationStep(int Percent, string Text);
