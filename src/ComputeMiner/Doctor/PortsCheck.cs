using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Doctor;

/// <summary>The ports the miner listens on are free.</summary>
sealed class PortsCheck(IReadOnlyList<PortsCheck.Wanted> ports) : IDoctorCheck
{
    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([.. ports.Select(Check)]);

    static CheckResult Check(Wanted wanted)
    {
        var name = $"port {wanted.Address.Port}";
        using var socket = new Socket(wanted.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // As the axon does it: one socket for both families.
        if (wanted.Address.Address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        try
        {
            socket.Bind(wanted.Address);
            socket.Listen();
            return CheckResult.Good(name, $"free for {wanted.Setting}");
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return CheckResult.Failed(name, $"taken by another program, wanted for {wanted.Setting}",
                $"stop that program (or is it a running miner?), or choose another port with --{wanted.Setting}");
        }
        catch (SocketException fault)
        {
            return CheckResult.Failed(name, $"{wanted.Address} cannot be listened on: {fault.SocketErrorCode}",
                $"choose another with --{wanted.Setting}");
        }
    }

    /// <summary>An address and the setting it comes from.</summary>
    public sealed record Wanted(string Setting, IPEndPoint Address);
}
