namespace ComputeMiner.Challenges;

/// <summary>A device hashcat can compute on.</summary>
/// <param name="Id">hashcat's number for it.</param>
/// <param name="Type">CPU or GPU.</param>
/// <param name="Name">Its name.</param>
sealed record HashcatDevice(int Id, string Type, string Name);
