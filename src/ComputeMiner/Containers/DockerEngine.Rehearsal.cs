using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <content>What a rehearsal on an engine of its own needs of two engines.</content>
sealed partial class DockerEngine
{
    /// <summary>Puts an image into another engine, which then has it under the same name.</summary>
    public async Task CopyImageAsync(PreparedImage image, DockerEngine to, CancellationToken cancellation)
    {
        await using var archive = await AskAsync($"give out the image {image.Reference}", token => _docker.Images.SaveImageAsync(image.Reference, token), cancellation);
        await to.DoAsync(
            $"take in the image {image.Reference}",
            token => to._docker.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, archive, new Progress<JSONMessage>(), token), cancellation);
    }

    /// <summary>How many volumes tell whose a container is; each belongs to one.</summary>
    public async Task<int> CountFactsAsync(CancellationToken cancellation) => (await _facts.ReadAsync(cancellation)).Count;
}
