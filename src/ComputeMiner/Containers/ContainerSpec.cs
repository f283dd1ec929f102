namespace ComputeMiner.Containers;

/// <summary>A container to create. Holds nothing secret: everything in it can be read with <c>docker inspect</c>.</summary>
sealed record ContainerSpec(string Name, string Image, int SshPort, ContainerLabels Labels);
