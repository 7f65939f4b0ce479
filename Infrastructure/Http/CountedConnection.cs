using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Bank.Infrastructure.Http;

/// <summary>A connection that reports when its socket is closed.</summary>
sealed class CountedConnection(ConnectionContext socket, Action closed) : ConnectionContext
{
    public override string ConnectionId { get => socket.ConnectionId; set => socket.ConnectionId = value; }

    public override IFeatureCollection Features => socket.Features;

    public override IDictionary<object, object?> Items { get => socket.Items; set => socket.Items = value; }

    public override IDuplexPipe Transport { get => socket.Transport; set => socket.Transport = value; }

    public override CancellationToken ConnectionClosed
    {
        get => socket.ConnectionClosed;
        set => socket.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => socket.LocalEndPoint;
        set => socket.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => socket.RemoteEndPoint;
        set => socket.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason) => socket.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        closed();
        await base.DisposeAsync();
    }
}
