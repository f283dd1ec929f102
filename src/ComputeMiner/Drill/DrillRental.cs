using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Dendrite;
using ComputeMiner.Demo;
using ComputeMiner.Validator;

namespace ComputeMiner.Drill;

/// <summary>One caller and its rental: what it sends, and what it must find again.</summary>
sealed class DrillRental(DrillMachine machine, DendriteClient dendrite) : IDisposable
{
    const string KeepsakePath = "/root/keepsake";

    readonly RSA _key = RSA.Create(2048);
    readonly string _keepsake = RandomNumberGenerator.GetHexString(16, lowercase: true);
    SshCredentials? _credentials;
    string? _container;
    ValidatorSession? _session;

    public ValidatorSession Session => _session ??= new ValidatorSession(dendrite, machine.Target, _key);

    /// <summary>Rents the machine and leaves a file in it.</summary>
    public Task BeginAsync(CancellationToken cancellation) => BeginAsync(TimeSpan.FromSeconds(20), cancellation);

    /// <summary>Rents the machine, asking again for so long, and leaves a file in it.</summary>
    public async Task BeginAsync(TimeSpan patience, CancellationToken cancellation)
    {
        DendriteResponse<AllocateSynapse>? answer = null;
        await Demand.WithinAsync(
            patience,
            async () => (answer = await Session.AllocateAsync(1, "", testing: false, cancellation)).Synapse.Output.Status == true,
            "the machine cannot be rented", cancellation);
        _credentials = SealedCredentials.Open(answer!.Synapse.Output.Info!, _key);
        await RunAsync($"echo {_keepsake} > {KeepsakePath}", cancellation);
        _container = (await machine.ListAsync(cancellation)).Single().Id;
    }

    /// <summary>The renter's container is there, alone, reachable, with the renter's file.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public async Task RequireAliveAsync(CancellationToken cancellation)
    {
        var all = await machine.ListAsync(cancellation);
        Demand.That(all.Count == 1 && all[0].Id == _container, $"{all.Count} containers are there, and not the renter's alone");
        // The caller never saw an answer: it asks again, as callers do. A rental that runs is told so.
        await Session.ActAsync("resume", cancellation);
        var found = "";
        await Demand.SoonAsync(async () =>
        {
            try
            {
                found = await RunAsync($"cat {KeepsakePath}", cancellation);
                return true;
            }
            catch (Exception fault) when (fault is Renci.SshNet.Common.SshException or System.Net.Sockets.SocketException)
            {
                return false;
            }
        }, "the renter cannot log in", cancellation);
        Demand.That(found == _keepsake, "the renter's file is not what it was");
    }

    public void Dispose() => _key.Dispose();

    Task<string> RunAsync(string command, CancellationToken cancellation) =>
        new RenterLogin(machine.Target.EndPoint.Address.ToString(), _credentials!.Port, _credentials.Username)
            .RunWithPasswordAsync(_credentials.Password, command, cancellation);
}
