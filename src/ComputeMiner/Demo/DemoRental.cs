using System.Net.Sockets;
using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Validator;

namespace ComputeMiner.Demo;

/// <summary>The life of one rental as its validator and its renter see it, from the first ping to the container's end.</summary>
sealed class DemoRental(
    DemoSteps steps, DendriteClient dendrite, Hotkey validator, AxonTarget target, DemoRegistryView registry, Func<CancellationToken, Task<int>> containers)
    : IDisposable
{
    const string KeepsakePath = "/root/keepsake";
    static readonly TimeSpan FrozenPatience = TimeSpan.FromSeconds(1.5);

    readonly RSA _key = RSA.Create(2048);
    readonly string _keepsake = RandomNumberGenerator.GetHexString(16, lowercase: true);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var session = new ValidatorSession(dendrite, target, _key);
        await steps.RunAsync("Ping", async () =>
        {
            var pong = await session.PingAsync(cancellation);
            Demand.That(pong.StatusCode == 200, $"the ping was answered {pong.StatusCode} {pong.StatusMessage}");
            return $"{pong.StatusCode} {pong.StatusMessage}";
        });
        await steps.RunAsync("The registry shows the machine as free", () => registry.ExpectAsync(null, cancellation));
        await steps.RunAsync("Check: the machine is free", async () => Shown(await session.CheckAsync(cancellation), expected: true));

        SshCredentials? credentials = null;
        string? info = null;
        await steps.RunAsync("Allocate", async () =>
        {
            var answer = await session.AllocateAsync(1, sshKey: "", testing: false, cancellation);
            var shown = Shown(answer, expected: true);
            info = answer.Synapse.Output.Info;
            Demand.That(info is not null, "the answer carries no credentials");
            return shown;
        });
        await steps.RunAsync("Decrypt the credentials with the RSA key", () =>
        {
            credentials = SealedCredentials.Open(info!, _key);
            return Task.FromResult($"{credentials}, password of {credentials.Password.Length} characters");
        });
        var login = new RenterLogin(target.EndPoint.Address.ToString(), credentials!.Port, credentials.Username);
        await steps.RunAsync("Log in over SSH with the password", async () =>
            "logged in as " + await login.RunWithPasswordAsync(credentials.Password, "whoami", cancellation));
        await steps.RunAsync("Run a command in the container", async () => await login.RunWithPasswordAsync(
            credentials.Password, $"echo {_keepsake} > {KeepsakePath}; . /etc/os-release; echo \"$PRETTY_NAME, $(nproc) CPUs, $(uname -m)\"", cancellation));
        await steps.RunAsync("Check: the machine is held", async () => Shown(await session.CheckAsync(cancellation), expected: false));
        await steps.RunAsync("The registry shows the machine as rented", () => registry.ExpectAsync(validator, cancellation));
        await steps.RunAsync("A second allocate is refused", async () =>
        {
            using var otherKey = RSA.Create(2048);
            return Shown(await new ValidatorSession(dendrite, target, otherKey).AllocateAsync(1, "", testing: false, cancellation), expected: false);
        });

        using var sshKey = RenterSshKey.Create("renter");
        await steps.RunAsync("Exchange the SSH key", async () => Shown(await session.ExchangeKeyAsync(sshKey.PublicLine, cancellation), expected: true));
        await steps.RunAsync("Log in with the new key", async () =>
            "logged in as " + await login.RunWithKeyAsync(sshKey.PrivateKey, "whoami", cancellation));

        await steps.RunAsync("Pause", async () => Shown(await session.ActAsync("pause", cancellation), expected: true));
        await steps.RunAsync("A login hangs while paused", async () =>
        {
            Demand.That(!await SaysBannerAsync(target.EndPoint.Address.ToString(), credentials.Port, cancellation), "the SSH server still answers");
            return $"no banner within {FrozenPatience.TotalSeconds} s";
        });
        await steps.RunAsync("Check while paused: still held", async () => Shown(await session.CheckAsync(cancellation), expected: false));
        await steps.RunAsync("Resume", async () =>
        {
            var shown = Shown(await session.ActAsync("resume", cancellation), expected: true);
            await ExpectKeepsakeAsync(login, sshKey, cancellation);
            return shown + ", logged in again";
        });
        await steps.RunAsync("Restart: same files, same key", async () =>
        {
            var shown = Shown(await session.ActAsync("restart", cancellation), expected: true);
            await ExpectKeepsakeAsync(login, sshKey, cancellation);
            return shown + ", the renter's file is there";
        });
        await steps.RunAsync("Deallocate", async () => Shown(await session.DeallocateAsync(cancellation), expected: true));
        await steps.RunAsync("The container is gone", async () =>
        {
            await Demand.SoonAsync(async () => await containers(cancellation) == 0, "a container is left", cancellation);
            return "none left";
        });
        await steps.RunAsync("Check: the machine is free again", async () =>
        {
            // The answer to a deallocate does not wait for the clean-up.
            DendriteResponse<AllocateSynapse>? answer = null;
            await Demand.SoonAsync(
                async () => (answer = await session.CheckAsync(cancellation)).Synapse.Output.Status == true, "the machine stays held", cancellation);
            return Shown(answer!, expected: true);
        });
        await steps.RunAsync("Challenge", async () =>
        {
            var answer = await session.ChallengeAsync(new ChallengeSynapse { ChallengeDifficulty = 7 }, cancellation);
            Demand.That(answer.StatusCode == 200, $"the challenge was answered {answer.StatusCode} {answer.StatusMessage}");
            return $"{answer.StatusCode} {answer.StatusMessage}";
        });
    }

    public void Dispose() => _key.Dispose();

    async Task ExpectKeepsakeAsync(RenterLogin login, RenterSshKey key, CancellationToken cancellation)
    {
        var found = await login.RunWithKeyAsync(key.PrivateKey, $"cat {KeepsakePath}", cancellation);
        Demand.That(found == _keepsake, "the renter's file is not what it was");
    }

    static string Shown(DendriteResponse<AllocateSynapse> answer, bool expected)
    {
        var status = answer.Synapse.Output.Status;
        Demand.That(answer.StatusCode == 200, $"answered {answer.StatusCode} {answer.StatusMessage}");
        Demand.That(status == expected, $"status is {status?.ToString() ?? "missing"}, not {expected}");
        return $"status {(expected ? "true" : "false")}";
    }

    static async Task<bool> SaysBannerAsync(string host, int port, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(FrozenPatience);
        try
        {
            await client.ConnectAsync(host, port, deadline.Token);
            return await client.GetStream().ReadAsync(new byte[4], deadline.Token) > 0;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
