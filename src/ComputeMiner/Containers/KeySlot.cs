namespace ComputeMiner.Containers;

/// <summary>The lines of authorized_keys that the caller may set; the value is the line's index.</summary>
enum KeySlot
{
    User = 0,
    Terminal = 1,
}
