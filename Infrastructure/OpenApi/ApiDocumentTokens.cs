using System.Globalization;
using Bank.Infrastructure.Problems;
using Bank.Infrastructure.Tokens;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Adds to the document what an API that accepts tokens has besides.</summary>
static class ApiDocumentTokens
{
    /// <summary>The name of the security scheme.</summary>
    const string Bearer = "Bearer";

    static readonly Problem[] Problems = [TokenProblems.InsufficientScope, TokenProblems.AuthorityAway];

    /// <summary>Completes the document, after everything else in it.</summary>
    public static void Complete(OpenApiDocument document, TokenOptions tokens)
    {
        if (!tokens.AreAccepted)
            return;

        document.SecurityDefinitions[Bearer] = new OpenApiSecurityScheme
        {
            Type = OpenApiSecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = $"An access token of {tokens.Authority} for the audience {tokens.Audience}.",
        };

        foreach (var described in document.Operations)
            described.Operation.Security?.Add(new OpenApiSecurityRequirement { [Bearer] = [] });

        document.Components.Responses[ApiDocumentProblems.Unauthorized].Headers["WWW-Authenticate"]
            .Description = "Asks for HTTP Basic, and for a token.";
        document.Info.Description += string.Create(
            CultureInfo.InvariantCulture,
            $"\n{string.Join('\n', Problems.Select(CommonProblems.Row))}\n\n{TextOf(tokens)}");
        AddCodes(document.Components.Schemas[ApiDocumentSchemas.Names.Shorten(typeof(ProblemBody))]
            .Properties["code"].Enumeration);
    }

    static string TextOf(TokenOptions tokens) =>
        $"**Tokens**: instead of HTTP Basic, a request may have `Authorization: Bearer` with an access token "
        + $"of {tokens.Authority} for the audience `{tokens.Audience}` (RFC 9068). The scope "
        + $"`{tokens.Scope}` allows everything, `{tokens.ReadScope}` allows GET and HEAD. The first token of "
        + "a subject makes its user, who has no password.";

    static void AddCodes(ICollection<object?> codes)
    {
        string[] all = [.. codes.OfType<string>(), .. Problems.Select(problem => problem.Code)];
        codes.Clear();

        foreach (var code in all.Order(StringComparer.Ordinal))
            codes.Add(code);
    }
}
