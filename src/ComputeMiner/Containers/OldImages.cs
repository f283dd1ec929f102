using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// Images for renters that an earlier recipe made from the same base. They go once nobody can need them: no container uses them, and they
/// are old enough that two versions of the miner on one Docker Engine do not undo each other's work in turns.
/// </summary>
sealed partial class OldImages(DockerClient docker, ContainerOptions options, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan Age = TimeSpan.FromDays(1);

    /// <summary>Removes them; one that cannot be removed stays, which harms nobody.</summary>
    public async Task RemoveAsync(string baseName, string currentVersion, CancellationToken cancellation)
    {
        try
        {
            var old = await AskAsync("list images", token => ListAsync(baseName, currentVersion, token), cancellation);
            if (old.Count == 0)
                return;
            var all = new ContainersListParameters { All = true };
            var used = await AskAsync("list containers", token => docker.Containers.ListContainersAsync(all, token), cancellation);
            foreach (var image in old.Where(image => !used.Any(each => each.ImageID == image.ID)))
            {
                foreach (var tag in image.RepoTags)
                    await AskAsync("remove an old image", token => docker.Images.DeleteImageAsync(tag, new ImageDeleteParameters(), token), cancellation);
                Log.Removed(logger, string.Join(", ", image.RepoTags));
            }
        }
        catch (ContainerEngineException fault)
        {
            Log.Stays(logger, fault.Message);
        }
    }

    async Task<List<ImagesListResponse>> ListAsync(string baseName, string currentVersion, CancellationToken cancellation)
    {
        var parameters = new ImagesListParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"{ContainerLabels.BaseKey}={baseName}"] = true, [ContainerLabels.RecipeKey] = true },
            },
        };
        var list = await docker.Images.ListImagesAsync(parameters, cancellation);
        var before = (time.GetUtcNow() - Age).UtcDateTime;
        return
        [
            .. list.Where(image => image.Labels[ContainerLabels.RecipeKey] != currentVersion && image.Created < before
                && image.RepoTags is { Count: > 0 } tags && tags.All(tag => tag.StartsWith(ImageRecipe.Repository + ":", StringComparison.Ordinal))),
        ];
    }

    Task<T> AskAsync<T>(string what, Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        DockerErrors.GuardAsync(options.Endpoint, what, options.EngineTimeout, time, request, cancellation);

    static partial class Log
    {
        [LoggerMessage(3012, LogLevel.Information, "Removed {Image}, made by an earlier recipe")]
        public static partial void Removed(ILogger logger, string image);

        [LoggerMessage(3013, LogLevel.Debug, "An image of an earlier recipe stays: {Reason}")]
        public static partial void Stays(ILogger logger, string reason);
    }
}
