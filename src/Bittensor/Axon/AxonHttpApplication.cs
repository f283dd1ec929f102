using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bittensor.Axon;

/// <summary>Hands Kestrel's requests to the pipeline, with one context object per connection used again and again.</summary>
sealed class AxonHttpApplication(AxonPipeline pipeline) : IHttpApplication<AxonHttpApplication.Slot>
{
    public Slot CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<Slot> container)
            return new Slot(contextFeatures);
        if (container.HostContext is not { } slot)
            return container.HostContext = new Slot(contextFeatures);
        slot.Context.Initialize(contextFeatures);
        return slot;
    }

    public Task ProcessRequestAsync(Slot context) => pipeline.InvokeAsync(context.Context);

    public void DisposeContext(Slot context, Exception? exception) => context.Context.Uninitialize();

    /// <summary>What Kestrel keeps for a connection.</summary>
    internal sealed class Slot(IFeatureCollection features)
    {
        public DefaultHttpContext Context { get; } = new(features);
    }
}
