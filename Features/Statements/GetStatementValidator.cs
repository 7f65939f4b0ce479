using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Statements;

sealed class GetStatementValidator : Validator<GetStatementRequest>
{
    public GetStatementValidator()
    {
        RuleFor(request => request.Until).IsNotBefore(request => request.Since);
        RuleFor(request => request.Format).IsOneOf("json", "csv", "html");
    }
}
