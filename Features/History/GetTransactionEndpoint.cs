using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

/// <summary>Shows a transaction of one of the caller's accounts.</summary>
sealed class GetTransactionEndpoint(GetTransactionQuery transactions)
    : Endpoint<GetTransactionRequest, TransactionResponse>
{
    public override void Configure()
    {
        Get("/transactions/{id}");
        Description(slice => slice.WithName("GetTransaction").Answers<TransactionResponse>(Status200OK)
            .Refuses(Problem.TransactionNotFound));
    }

    public override async Task HandleAsync(GetTransactionRequest request, CancellationToken ct)
    {
        var transaction = await transactions.FindAsync(request.Id, User.Id(), ct);

        await (transaction is null
            ? Send.ProblemAsync(Problem.TransactionNotFound, ct)
            : Send.OkAsync(transaction, ct));
    }
}
