using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.History.HistoryRefusals;

namespace Bank.Features.History;

/// <summary>Shows a transaction of one of the caller's accounts.</summary>
/// <remarks>
/// Whoever paid and whoever received may read it. Each sees the balance of the account of their own; who
/// owns both sees that of the one that paid.
/// </remarks>
sealed class GetTransactionEndpoint(GetTransactionQuery transactions)
    : Endpoint<GetTransactionRequest, TransactionResponse>
{
    public override void Configure()
    {
        Get("/transactions/{id}");
        Description(slice => slice.WithName("GetTransaction").Answers<TransactionResponse>(Status200OK)
            .Refuses(TransactionNotFound));
    }

    public override async Task HandleAsync(GetTransactionRequest request, CancellationToken ct)
    {
        var transaction = await transactions.FindAsync(request.Id, User.Id(), ct);

        await (transaction is null
            ? Send.ProblemAsync(TransactionNotFound, ct)
            : Send.OkAsync(transaction, ct));
    }
}
