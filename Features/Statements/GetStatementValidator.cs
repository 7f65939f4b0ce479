using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Statements;

sealed class GetStatementValidator : Validator<GetStatementRequest>
{
    public GetStatementValidator()
    {
        RuleFor(request => request.Until).IsNotBefore(request => request.Since);
        RuleFor(request => request.Format).IsOneOf("json", "csv", "html", "camt", "ofx");
        RuleFor(request => request.Dialect).IsOneOf("excel", "semicolon")
            .Must((request, dialect) => dialect is null || request.Format is null or "csv")
            .WithMessage("is only for csv");
    }
}
