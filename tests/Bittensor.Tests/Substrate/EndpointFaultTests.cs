using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bittensor.Keys;
using Bittensor.Subtensor;
using Bittensor.Substrate;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Substrate;

/// <summary>What is said of an endpoint that cannot be used, and that the next one is used instead.</summary>
public sealed class EndpointFaultTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetHead_CertificateNobodyVouchesFor_SaysThatTlsIsTheReason()
    {
        await using var server = await StartTlsAsync();

        var fault = await FailAsync(new Uri($"wss://127.0.0.1:{PortOf(server)}"));

        Assert.Contains("its TLS certificate or handshake was refused", fault.Message, StringComparison.Ordinal);
        Assert.Contains("certificate", fault.InnerException!.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task GetHead_SecureAddressOfAPlainServer_SaysThatTlsIsTheReason()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);

        var fault = await FailAsync(new Uri($"wss://127.0.0.1:{chain.Node.Endpoint.Port}"));

        Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetHead_AddressWithAKeyInIt_IsNotShownInTheFault()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Node.Refusal = 429;
        await using var client = Client(new Uri($"ws://127.0.0.1:{chain.Node.Endpoint.Port}/v1/0123456789abcdef?token=0123456789abcdef"));

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => client.GetHeadAsync(Cancellation));

        Assert.Contains($"ws://127.0.0.1:{chain.Node.Endpoint.Port}/***: the server answered HTTP 429", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetHead_ServerThatIsNoNode_SaysTheHttpStatus()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Node.Refusal = 429;

        Assert.Contains("HTTP 429", (await FailAsync(chain.Node.Endpoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetHead_FirstEndpointsUnusable_TheNextIsUsed()
    {
        await using var server = await StartTlsAsync();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = Client(new Uri("ws://127.0.0.1:9"), new Uri($"wss://127.0.0.1:{PortOf(server)}"), chain.Node.Endpoint);

        Assert.Equal(chain.Height, (await client.GetHeadAsync(Cancellation)).Number);
    }

    [Fact]
    public async Task ServeAxon_NodeOfAnotherChain_NothingIsSigned()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = new SubtensorClient(
            new SubtensorOptions
            {
                Endpoints = [chain.Node.Endpoint],
                ExpectedGenesis = SubtensorNetworks.ExpectedGenesis("finney"),
                OfflineTimeout = TimeSpan.FromSeconds(1),
            },
            TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        using var hotkey = Keypair.FromUri("//Miner");

        var fault = await Assert.ThrowsAsync<SubstrateException>(
            () => client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), hotkey, Cancellation));

        Assert.Contains("of another chain", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("author_submitAndWatchExtrinsic", chain.Node.Methods);
        Assert.DoesNotContain("system_accountNextIndex", chain.Node.Methods);
    }

    /// <summary>Nobody said which chain is meant, so the first one that answers is; two addresses of different chains are a mistake.</summary>
    [Fact]
    public async Task ServeAxon_SecondEndpointOfAnotherChain_IsNamedAndNothingIsSignedThere()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await using var first = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var foreign = await ScriptedChain.StartAsync(RuntimeAge.Current);
        var genesis = new BlockHash(RandomNumberGenerator.GetBytes(32));
        foreign.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "chain_getBlockHash")
                return false;
            await peer.ReplyAsync(request, genesis.ToString());
            return true;
        };
        await using var client = new SubtensorClient(
            new SubtensorOptions
            {
                Endpoints = [first.Node.Endpoint, foreign.Node.Endpoint],
                OfflineTimeout = TimeSpan.FromSeconds(1),
                FirstBackoff = TimeSpan.FromMilliseconds(20),
                LongestBackoff = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        using var hotkey = Keypair.FromUri("//Miner");
        Assert.Equal(first.Genesis, await client.Substrate.GetGenesisAsync(patience.Token));

        first.Node.Refusal = 503;
        first.Node.CutAll();
        await foreign.Node.SeenAsync("chain_getBlockHash", patience.Token, times: 2);
        var fault = await Assert.ThrowsAsync<SubstrateException>(
            () => client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), hotkey, patience.Token));

        Assert.Equal(["chain_getBlockHash"], foreign.Node.Methods.Distinct());
        Assert.NotNull(fault.InnerException);
        first.Node.Refusal = null;
        Assert.Equal(first.Genesis, await ReturnedAsync(client, patience.Token));
    }

    [Fact]
    public void Check_EndpointsOfDifferentChains_NamesBothAndBothHashes()
    {
        var (one, other) = (new Uri("ws://127.0.0.1:9944"), new Uri("ws://127.0.0.1:9945"));
        var (genesis, foreign) = (new BlockHash(RandomNumberGenerator.GetBytes(32)), new BlockHash(RandomNumberGenerator.GetBytes(32)));
        var identity = new ChainIdentity(new SubstrateOptions { Endpoints = [one, other] });
        identity.Check(one, genesis);

        var fault = Assert.Throws<SubstrateException>(() => identity.Check(other, foreign));

        foreach (var fact in (string[])[$"{one}", $"{other}", $"{genesis}", $"{foreign}"])
            Assert.Contains(fact, fault.Message, StringComparison.Ordinal);
        identity.Check(other, genesis);
        // A chain that began anew at its address, as local ones do.
        identity.Check(one, foreign);
        identity.Check(other, foreign);
        Assert.Throws<SubstrateException>(() => identity.Check(other, genesis));
    }

    static async Task<BlockHash> ReturnedAsync(SubtensorClient client, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await client.Substrate.GetGenesisAsync(cancellation);
            }
            catch (SubstrateException)
            {
                // Not yet.
            }
        }
    }

    static async Task<SubstrateException> FailAsync(Uri endpoint)
    {
        await using var client = Client(endpoint);
        return (SubstrateException)(await Assert.ThrowsAsync<SubstrateException>(() => client.GetHeadAsync(Cancellation))).InnerException!;
    }

    static SubtensorClient Client(params Uri[] endpoints) => new(
        new SubtensorOptions { Endpoints = endpoints, OfflineTimeout = TimeSpan.FromSeconds(3), FirstBackoff = TimeSpan.FromMilliseconds(20) },
        TimeProvider.System, NullLogger<SubtensorClient>.Instance);

    static async Task<WebApplication> StartTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        await server.StartAsync(Cancellation);
        return server;
    }

    static int PortOf(WebApplication server) =>
        new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
