using FastEndpoints.Swagger;
using NSwag;
using NSwag.Generation.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>The OpenAPI document and the Swagger pages that show it.</summary>
static class ApiDocument
{
    /// <summary>The name of the one way to sign in.</summary>
    public const string SignIn = "Basic";

    const string Address = "/openapi.json";

    const string About =
        """
        A bank over HTTP: users, accounts, deposits, withdrawals, transfers and history, on PostgreSQL.

        **To begin**, register a user, sign in with *Authorize*, open an account, deposit and transfer.

        **Sign in** with HTTP Basic on every request but registration and health. There are no sessions.

        **Money** is a JSON number with exactly two decimals; a request may send a numeric string as well. An
        amount is more than 0 and at most 999999999999.99. Nothing is ever rounded: 0.005 is refused.

        **Errors** are `application/problem+json` (RFC 9457) of one shape. Programs go by the `code`, people
        by the `detail`, and the `trace_id` finds the request in the log. With 422, `errors` says what is
        wrong with which field. What belongs to someone else answers 404, as if it did not exist.

        **Try again** without fear: a deposit, withdrawal or transfer with an `Idempotency-Key` is done once,
        however often it is sent, and each repeat gets the first answer. `Retry-After` says when.

        **Times** are RFC 3339 in UTC. A trailing slash never matters. Members that a request does not know
        are ignored, and answers may come to have more.
        """;

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services
        .SwaggerDocument(document =>
        {
            document.EnableJWTBearerAuth = false;
            document.RemoveEmptyRequestSchema = true;
            document.ShortSchemaNames = true;
            document.TagDescriptions = DescribeFeatures;
            document.DocumentSettings = settings => Describe(settings, document.Services);
        });

    public static WebApplication UseApiDocument(this WebApplication app)
    {
        app.UseSwaggerGen(
            document =>
            {
                document.Path = Address;
                document.PostProcess = (made, _) => ServeFromHere(made);
            },
            pages =>
            {
                pages.Path = "/docs";
                pages.DocumentPath = Address;
                pages.DocumentTitle = "Bank";
                pages.DocExpansion = "list";
                pages.DefaultModelsExpandDepth = 0;
                pages.TagsSorter = "none";
                pages.OperationsSorter = "none";
                pages.EnableTryItOut = false;
                // A password is not for the browser's storage.
                pages.PersistAuthorization = false;
            });

        return app;
    }

    static void Describe(AspNetCoreOpenApiDocumentGeneratorSettings settings, IServiceProvider services)
    {
        settings.Title = "Bank";
        settings.Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(fieldCount: 3);
        settings.Description = About;
        settings.AddSecurity(SignIn, new OpenApiSecurityScheme
        {
            Type = OpenApiSecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The name and the password of a registered user.",
        });
        settings.MarkNonNullablePropsAsRequired();
        settings.OperationProcessors.Add(new ApiDocumentOperations(services));
        settings.PostProcess += document => document.Info.Contact = new OpenApiContact { Name = "Bank" };
        settings.PostProcess += ApiDocumentSchemas.Complete;
        settings.PostProcess += ApiDocumentOrder.Sort;
    }

    /// <summary>The folders below <c>Features</c>, in the order in which a newcomer needs them.</summary>
    static void DescribeFeatures(Dictionary<string, string> features)
    {
        features["Users"] = "Who may sign in.";
        features["Accounts"] = "What holds the money.";
        features["Deposits"] = "Money that comes in.";
        features["Withdrawals"] = "Money that goes out.";
        features["Transfers"] = "Money that moves between accounts.";
        features["History"] = "What was posted.";
        features["Health"] = "For whoever runs the API.";
    }

    /// <summary>
    /// Names no host: the document is kept, and would show everyone the Host header of whoever asked first.
    /// </summary>
    static void ServeFromHere(OpenApiDocument document)
    {
        document.Servers.Clear();
        document.Servers.Add(new OpenApiServer { Url = "/" });
    }
}
