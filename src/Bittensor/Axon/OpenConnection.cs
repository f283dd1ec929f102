using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Bittensor.Axon;

/// <summary>One open connection; a feature of it, so that the pipeline can tell when a caller on it has proved who he is.</summary>
sealed class OpenConnection(ConnectionShares shares, ConnectionContext context, IPAddress share)
{
    public IPAddress Share => share;

    public bool IsProved { get; set; }

    /// <summary>True when others need its place more than a caller does who was refused on it.</summary>
    public bool IsInTheWay => !IsProved && shares.IsCrowded;

    /// <summary>An admitted caller's signature was good on it: it is no longer among those that make room for others.</summary>
    public void Prove()
    {
        if (!IsProved)
            shares.Prove(this);
    }

    public void Abort() => context.Abort(new ConnectionAbortedException("The connection made room for a newer one."));
}
