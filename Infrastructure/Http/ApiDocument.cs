
namespace Bank.Infrastructure.Http;

/// <summary>The OpenAPI document and the Swagger pages that show it.</summary>
static class ApiDocument
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services;

    public static WebApplication UseApiDocument(this WebApplication app) => app;
}
