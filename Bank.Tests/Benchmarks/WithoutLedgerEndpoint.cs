using Bank.Features.Transfers;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Benchmarks;

/// <summary>
/// A transfer that is signed in, bound, validated and answered, but not posted: what the ledger could reach
/// at most over HTTP.
/// </summary>
sealed class WithoutLedgerEndpoint : Endpoint<TransferRequest, Transaction>
{
    public override void Configure()
    {
        Post("/benchmark/transfer");
        Description(slice => slice.AcceptsIdempotencyKey());
    }

    public override Task HandleAsync(TransferRequest request, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();

        return Send.CreatedAsync(
            $"/transactions/{id}",
            new Transaction(
                null, id, request.From, request.To, request.Amount!.Value, null, User.Id(),
                DateTimeOffset.UtcNow, request.Reference),
            ct);
    }
}
