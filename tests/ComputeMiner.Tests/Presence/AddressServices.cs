using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Presence;

/// <summary>Services that answer with an address, on this machine: one path each, with the answer the test gives it.</summary>
sealed class AddressServices : IAsyncDisposable
{
    /// <summary>The answer of a service that never answers.</summary>
    public const string Silence = "(silence)";

    readonly WebApplication _app;

    AddressServices(WebApplication app, string[] answers) => (_app, Answers) = (app, answers);

    public string[] Answers { get; }

    public IReadOnlyList<Uri> Addresses
    {
        get
        {
            var root = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return [.. Enumerable.Range(0, Answers.Length).Select(index => new Uri($"{root}/{index}"))];
        }
    }

    public static async Task<AddressServices> StartAsync(params string[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var services = new AddressServices(builder.Build(), answers);
        services._app.MapGet("/{index:int}", (int index, HttpContext context) => services.AnswerAsync(index, context));
        await services._app.StartAsync(TestContext.Current.CancellationToken);
        return services;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task AnswerAsync(int index, HttpContext context)
    {
        var answer = Answers[index];
        if (answer == Silence)
        {
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }
        if (int.TryParse(answer, out var status))
            context.Response.StatusCode = status;
        else
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
    }
}
