using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// The image that renters get: found by the version of its recipe, else built. Named by <see cref="ContainerOptions.Image"/>, or
/// PyTorch where there are GPUs, or a Debian bootstrapped from packages.
/// </summary>
sealed partial class BaseImage(DockerClient docker, ContainerOptions options, EngineNamespace host, TimeProvider time, ILogger<BaseImage> logger)
{
    // A base image has several GB and the link may be slow.
    static readonly TimeSpan BuildLimit = TimeSpan.FromHours(2);

    /// <summary>Files a process may open that no renter's work reaches.</summary>
    const long ManyFiles = 1L << 20;

    /// <summary>Files a process of a container may open, as it was tried; null for whatever the engine gives.</summary>
    public long? OpenFiles { get; private set; }

    public async Task<PreparedImage> PrepareAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        var wanted = options.Image ?? (options.Gpus.Count > 0 ? ImageRecipe.GpuBase : null);
        PreparedImage image;
        if (wanted is null)
            image = await PrepareAsync(null, progress, cancellation);
        else
        {
            try
            {
                image = await PrepareAsync(wanted, progress, cancellation);
            }
            catch (ContainerEngineException fault) when (options.Image is null && fault is not ContainerEngineUnavailableException)
            {
                Log.FellBack(logger, wanted, fault.Message);
                image = await PrepareAsync(null, progress, cancellation);
            }
        }
        progress?.Report(new PreparationStep(100, $"image {image.Reference} is ready"));
        return image;
    }

    async Task<PreparedImage> PrepareAsync(string? baseImage, IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        var version = ImageRecipe.VersionOf(baseImage);
        var reference = $"{ImageRecipe.Repository}:{version}";
        if (await FindAsync(reference, cancellation) is not { } found || !HasVersion(found, version))
        {
            Log.Building(logger, reference);
            if (baseImage is null)
                await BootstrapAsync(version, progress, cancellation);
            else
                await DeriveAsync(baseImage, version, progress, cancellation);
            found = await FindAsync(reference, cancellation)
                ?? throw new BaseImageException($"The image {reference} was built but is not there. See `docker images` and the Docker Engine's log.");
        }
        await new OldImages(docker, options, time, logger).RemoveAsync(BaseName(baseImage), version, cancellation);
        return new PreparedImage(found.ID, reference, await TryOutAsync(found.ID, cancellation));
    }

    static string BaseName(string? baseImage) => baseImage ?? ImageRecipe.Suite;

    static bool HasVersion(ImageInspectResponse image, string version) =>
        image.Config?.Labels is { } labels && labels.TryGetValue(ContainerLabels.RecipeKey, out var built) && built == version;

    async Task<ImageInspectResponse?> FindAsync(string reference, CancellationToken cancellation)
    {
        return await AskAsync("find the image", options.EngineTimeout, async token =>
        {
            try
            {
                return await docker.Images.InspectImageAsync(reference, token);
            }
            catch (DockerImageNotFoundException)
            {
                return null;
            }
        }, cancellation);
    }

    async Task BootstrapAsync(string version, IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        var tar = Path.Combine(Path.GetTempPath(), $"computeminer-{Guid.NewGuid():N}.tar");
        try
        {
            await DebianBootstrap.WriteAsync(tar, progress, cancellation);
            progress?.Report(new PreparationStep(90, "importing the image"));
            await using var stream = File.OpenRead(tar);
            var parameters = new ImagesCreateParameters
            {
                FromSrc = "-",
                Repo = ImageRecipe.Repository,
                Tag = version,
                Changes = [$"LABEL {ContainerLabels.RecipeKey}={version} {ContainerLabels.BaseKey}={BaseName(null)}"],
            };
            await RunAsync("import the image", report => (token => docker.Images.CreateImageAsync(parameters, stream, null, report, token)), null, cancellation);
        }
        finally
        {
            File.Delete(tar);
        }
    }

    async Task DeriveAsync(string baseImage, string version, IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        if (await FindAsync(baseImage, cancellation) is null)
        {
            progress?.Report(new PreparationStep(5, $"pulling {baseImage}"));
            var pull = new ImagesCreateParameters { FromImage = baseImage };
            await RunAsync($"pull {baseImage}", report => (token => docker.Images.CreateImageAsync(pull, null, report, token)), progress, cancellation);
        }
        progress?.Report(new PreparationStep(60, $"adding sshd to {baseImage}"));
        await using var context = TarArchive.ForBuild(("Dockerfile", ImageRecipe.Dockerfile(baseImage)), ("setup.sh", ImageRecipe.Setup));
        var build = new ImageBuildParameters
        {
            Tags = [$"{ImageRecipe.Repository}:{version}"],
            Labels = new Dictionary<string, string> { [ContainerLabels.RecipeKey] = version, [ContainerLabels.BaseKey] = BaseName(baseImage) },
            Remove = true,
            ForceRemove = true,
        };
        await RunAsync(
            $"build on {baseImage}",
            report => (token => docker.Images.BuildImageFromDockerfileAsync(build, context, [], new Dictionary<string, string>(), report, token)),
            null,
            cancellation);
    }

    // Pull, import and build answer 200 and report a failure in their stream of messages.
    async Task RunAsync(
        string what, Func<IProgress<JSONMessage>, Func<CancellationToken, Task>> request, IProgress<PreparationStep>? progress,
        CancellationToken cancellation)
    {
        var messages = new BuildMessages(progress);
        await AskAsync(what, BuildLimit, async token =>
        {
            await request(messages)(token);
            return true;
        }, cancellation);
        if (messages.Error is { } error)
            throw new BaseImageException($"The Docker Engine could not {what}: {error}. {messages.LastWords}");
    }

    // An engine that is confined itself may not raise its own limit on open files; only a start tells.
    async Task<string> TryOutAsync(string image, CancellationToken cancellation)
    {
        foreach (var files in (long?[])[ManyFiles, host.ReadOpenFiles()])
        {
            try
            {
                if (files is null)
                    continue;
                var shadow = await TryOutAsync(image, files, cancellation);
                OpenFiles = files;
                return shadow;
            }
            catch (ContainerEngineException fault) when (fault is not ContainerEngineUnavailableException)
            {
                Log.Confined(logger, files, fault.Message);
            }
        }
        OpenFiles = null;
        return await TryOutAsync(image, null, cancellation);
    }

    // One container shows that containers of the image run, and is the door to its files.
    async Task<string> TryOutAsync(string image, long? files, CancellationToken cancellation) =>
        await AskAsync("try the image out", options.EngineTimeout, async token =>
        {
            var probe = await docker.Containers.CreateContainerAsync(DockerProfile.ToProbe(image, options, files), CancellationToken.None);
            try
            {
                var path = new ContainerPathStatParameters { Path = ShadowFile.Path };
                var archive = await docker.Containers.GetArchiveFromContainerAsync(probe.ID, path, false, token);
                await using var stream = archive.Stream!;
                var shadow = await TarArchive.ReadFirstFileAsync(stream, DockerEngine.LargestFile, token);
                await RequireWordAsync(image, probe.ID, token);
                return Encoding.UTF8.GetString(shadow ?? []);
            }
            finally
            {
                await docker.Containers.RemoveContainerAsync(probe.ID, new ContainerRemoveParameters { Force = true }, CancellationToken.None);
            }
        }, cancellation);

    async Task RequireWordAsync(string image, string probe, CancellationToken cancellation)
    {
        await docker.Containers.StartContainerAsync(probe, null, cancellation);
        var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = true };
        using var logs = await docker.Containers.GetContainerLogsAsync(probe, parameters, cancellation);
        var (output, errors) = await logs.ReadOutputToEndAsync(cancellation);
        if (output.Trim() != DockerProfile.ProbeWord)
        {
            throw new BaseImageException(
                $"A container of {image} printed \"{output.Trim()}\" {errors.Trim()} and not {DockerProfile.ProbeWord}. See what it does: `docker run --rm --entrypoint /bin/echo {image} {DockerProfile.ProbeWord}`.");
        }
    }

    Task<T> AskAsync<T>(string what, TimeSpan limit, Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        DockerErrors.GuardAsync(options.Endpoint, what, limit, time, request, cancellation);

    static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Building the image for renters, {Reference}; this is done once")]
        public static partial void Building(ILogger logger, string reference);

        [LoggerMessage(3011, LogLevel.Warning, "Cannot use {Image}, renters get a small Debian without CUDA instead: {Reason}")]
        public static partial void FellBack(ILogger logger, string image, string reason);

        [LoggerMessage(3014, LogLevel.Debug, "A container cannot start with {Files} open files: {Reason}")]
        public static partial void Confined(ILogger logger, long? files, string reason);
    }
}
