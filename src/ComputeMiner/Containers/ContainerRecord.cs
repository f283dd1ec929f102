namespace ComputeMiner.Containers;

/// <summary>One of our containers as the engine sees it now. <paramref name="Labels"/> is null when they do not describe an allocation.</summary>
sealed record ContainerRecord(string Id, string Name, ContainerState State, ContainerLabels? Labels);
