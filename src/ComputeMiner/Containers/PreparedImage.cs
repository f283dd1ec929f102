namespace ComputeMiner.Containers;

/// <summary>An image that is ready to be started.</summary>
/// <param name="Id">The image's content id; containers name it so that a moved tag changes nothing.</param>
/// <param name="Reference">The tag, for people.</param>
/// <param name="Shadow">Its /etc/shadow, in which root has no password.</param>
sealed record PreparedImage(string Id, string Reference, string Shadow);
