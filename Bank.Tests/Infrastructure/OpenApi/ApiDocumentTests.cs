using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using FastEndpoints;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>The document is for those who have nothing else to go by, so it must be whole and true.</summary>
public sealed class ApiDocumentTests(BankServer bank) : IAsyncLifetime
{
    /// <summary>The slices by their names.</summary>
    readonly Dictionary<string, RouteEndpoint> slices = bank.Services
        .GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(slice => slice.Metadata.GetMetadata<EndpointDefinition>() is not null)
        .ToDictionary(slice => slice.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName);

    JsonElement document;
    Operation[] operations = [];

    public async ValueTask InitializeAsync()
    {
        using var http = bank.Anonymous();
        document = await http.GetFromJsonAsync<JsonElement>("/openapi.json");
        operations =
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               select new Operation($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value)
        ];
        operations.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_slice_is_in_it_and_nothing_else()
    {
        var routes =
            from slice in slices.Values
            from method in slice.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            select $"{method} /{slice.RoutePattern.RawText!.Trim('/')}";

        operations.Select(operation => operation.Route).ShouldBe(routes, ignoreOrder: true);
        operations.Select(operation => operation.Id).ShouldBe(slices.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Every_operation_says_what_it_is_for()
    {
        var features = document.GetProperty("tags").EnumerateArray().ToDictionary(
            tag => tag.GetProperty("name").GetString()!, tag => tag.GetProperty("description").GetString());

        foreach (var operation in operations)
        {
            operation.Text("operationId").ShouldMatch("^[A-Z][A-Za-z]+$", operation.Route);
            operation.Text("summary").ShouldEndWith(".", customMessage: operation.Route);
            operation.Text("description").ShouldEndWith(".", customMessage: operation.Route);
            var tag = operation.Json.GetProperty("tags").EnumerateArray().ShouldHaveSingleItem().GetString()!;
            features.ShouldContainKey(tag, operation.Route);
            features[tag].ShouldNotBeNullOrEmpty(tag);
        }

        operations.Select(operation => operation.Id).ShouldBeUnique();
    }

    [Fact]
    public void Everything_behind_the_gate_has_a_padlock()
    {
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Basic");
        scheme.GetProperty("type").GetString().ShouldBe("http");
        scheme.GetProperty("scheme").GetString().ShouldBe("basic");

        foreach (var operation in operations)
        {
            var isPublic = operation.Json.GetProperty("security").GetArrayLength() == 0;
            var isGated = slices[operation.Id].Metadata.GetMetadata<SignInRequired>() is not null;
            isPublic.ShouldBe(!isGated, operation.Route);
            operation.Responses.ContainsKey("401").ShouldBe(!isPublic, operation.Route);
        }
    }

    [Fact]
    public void Every_operation_has_one_success_and_only_refusals_that_can_occur()
    {
        foreach (var operation in operations)
        {
            operation.Responses.Keys.Where(status => status[0] == '2').ShouldHaveSingleItem(operation.Route);

            var readsBody = operation.Json.TryGetProperty("requestBody", out _);
            foreach (var status in new[] { "408", "413", "415" })
                operation.Responses.ContainsKey(status).ShouldBe(readsBody, $"{operation.Route} {status}");

            operation.Codes("400").Contains("malformed_json").ShouldBe(readsBody, operation.Route);

            if (!readsBody && operation.Parameters.Length == 0)
                operation.Responses.ShouldNotContainKey("422", operation.Route);

            operation.Responses.ShouldContainKey("500", operation.Route);
        }
    }

    [Fact]
    public void Every_refusal_has_the_shape_of_a_problem_and_names_its_codes()
    {
        foreach (var operation in operations)
        {
            foreach (var (status, response) in operation.Responses.Where(response => response.Key[0] != '2'))
            {
                var content = response.GetProperty("content").EnumerateObject().ShouldHaveSingleItem();
                content.Name.ShouldBe("application/problem+json");
                content.Value.GetProperty("schema").GetProperty("$ref").GetString()
                    .ShouldBe("#/components/schemas/Problem");

                foreach (var example in content.Value.GetProperty("examples").EnumerateObject())
                {
                    var problem = example.Value.GetProperty("value");
                    problem.GetProperty("code").GetString().ShouldBe(example.Name);
                    problem.GetProperty("status").GetRawText().ShouldBe(status);
                    response.GetProperty("description").GetString()!
                        .ShouldContain($"`{example.Name}`: {problem.GetProperty("detail").GetString()}");
                }
            }
        }
    }

    [Fact]
    public async Task The_example_of_a_refusal_is_what_is_answered()
    {
        using var http = bank.Anonymous();
        using var response = await http.GetAsync("/accounts");
        var answer = await response.JsonAsync();

        var example = operations.Single(operation => operation.Id == "ListAccounts").Responses["401"]
            .GetProperty("content").GetProperty("application/problem+json").GetProperty("examples")
            .GetProperty("unauthorized").GetProperty("value");

        example.EnumerateObject().Select(member => member.Name)
            .ShouldBe(answer.EnumerateObject().Select(member => member.Name), ignoreOrder: true);
        foreach (var member in example.EnumerateObject().Where(member => member.Name != "trace_id"))
            answer.GetProperty(member.Name).GetRawText().ShouldBe(member.Value.GetRawText());
    }

    [Fact]
    public void Headers_that_matter_are_named()
    {
        foreach (var operation in operations)
        {
            foreach (var (status, response) in operation.Responses)
            {
                var headers = response.TryGetProperty("headers", out var named)
                    ? named.EnumerateObject().Select(header => header.Name).ToArray()
                    : [];
                var where = $"{operation.Route} {status}";

                headers.Contains("Location").ShouldBe(status == "201", where);
                headers.Contains("WWW-Authenticate").ShouldBe(status == "401", where);
                headers.Contains("Link").ShouldBe(
                    operation.Takes("query", "cursor") && status == "200", where);
                // That nothing is ready yet is no reason to stop asking.
                headers.Contains("Retry-After").ShouldBe(
                    status is "429" or "503" && !operation.Codes(status).SequenceEqual(["not_ready"]), where);
                headers.Contains("Idempotent-Replayed").ShouldBe(
                    IsKeyed(operation) && status is "201" or "400" or "404", where);
            }
        }
    }

    [Fact]
    public void Every_parameter_is_described_and_a_key_is_optional()
    {
        foreach (var operation in operations)
        {
            foreach (var parameter in operation.Parameters)
                parameter.GetProperty("description").GetString().ShouldNotBeNullOrEmpty(operation.Route);

            operation.Takes("header", "Idempotency-Key").ShouldBe(IsKeyed(operation), operation.Route);
        }

        var limit = operations.Single(operation => operation.Id == "GetHistory").Parameters
            .Single(parameter => parameter.GetProperty("name").GetString() == "limit").GetProperty("schema");
        limit.GetProperty("default").GetInt32().ShouldBe(100);
        limit.GetProperty("minimum").GetDecimal().ShouldBe(1);
        limit.GetProperty("maximum").GetDecimal().ShouldBe(1000);
    }

    [Fact]
    public void Every_request_has_an_example_of_all_its_fields()
    {
        var requests = Schemas
            .Where(schema => schema.Key.EndsWith("Request", StringComparison.Ordinal))
            .ToArray();
        requests.ShouldNotBeEmpty();

        foreach (var (name, schema) in requests)
        {
            var fields = schema.GetProperty("properties").EnumerateObject()
                .Select(field => field.Name)
                .ToArray();

            schema.GetProperty("example").EnumerateObject().Select(field => field.Name)
                .ShouldBe(fields, ignoreOrder: true, name);
            var required = schema.TryGetProperty("required", out var named)
                ? named.EnumerateArray().Select(field => field.GetString()!)
                : [];
            required.ShouldBe(fields.Except(OptionalFields(name)), ignoreOrder: true, name);
        }
    }

    [Fact]
    public void Money_is_a_number_with_two_decimals()
    {
        var money = Schemas.Values
            .SelectMany(schema => schema.GetProperty("properties").EnumerateObject())
            .Where(field => field.Value.TryGetProperty("format", out var format)
                && format.ValueEquals("decimal"))
            .ToArray();
        money.Select(field => field.Name).Distinct().ShouldContain("amount");
        money.Select(field => field.Name).Distinct().ShouldContain("balance");

        foreach (var field in money)
        {
            field.Value.GetProperty("type").GetString().ShouldBe("number");
            field.Value.GetProperty("multipleOf").GetDecimal().ShouldBe(0.01m);
            field.Value.GetProperty("example").GetRawText().ShouldMatch(@"^\d+\.\d\d$");
        }

        var amount = Schemas["TransferRequest"].GetProperty("properties").GetProperty("amount");
        amount.GetProperty("minimum").GetDecimal().ShouldBe(0);
        amount.GetProperty("exclusiveMinimum").GetBoolean().ShouldBeTrue();
        amount.GetProperty("maximum").GetDecimal().ShouldBe(999_999_999_999.99m);
    }

    [Fact]
    public void Nothing_of_the_generator_is_left_in_it()
    {
        var text = document.GetRawText();

        text.ShouldContain("\"Link\"");
        text.ShouldContain("\"requestBody\"");
        text.ShouldNotContain("\"x-name\"");
        text.ShouldNotContain("\"x-position\"");
        text.ShouldNotContain("\"description\":\"\"");
        text.ShouldNotContain("\"description\": \"\"");
        text.ShouldNotContain("\"title\":\"String\"");
        text.ShouldNotContain("\"title\": \"String\"");
    }

    [Fact]
    public void Schemas_have_names_of_their_own_and_all_are_used()
    {
        var text = document.GetRawText();

        foreach (var name in Schemas.Keys)
        {
            name.ShouldMatch("^([A-Z][a-z]+)+$");
            text.ShouldContain($"\"#/components/schemas/{name}\"");
        }

        Schemas.ShouldContainKey("Problem");
        Schemas.ShouldNotContainKey("EmptyRequest");
    }

    [Fact]
    public async Task The_document_does_not_repeat_the_host_that_it_was_asked_by()
    {
        using var http = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi.json");
        request.Headers.Host = "elsewhere.example";

        using var response = await http.SendAsync(request);

        var servers = (await response.JsonAsync()).GetProperty("servers").EnumerateArray();
        servers.ShouldHaveSingleItem().GetProperty("url").GetString().ShouldBe("/");
    }

    [Fact]
    public async Task The_pages_are_at_docs()
    {
        using var http = bank.Anonymous();
        using var response = await http.GetAsync("/docs");

        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await response.Content.ReadAsStringAsync()).ShouldContain("swagger-ui");
    }

    /// <summary>The members of a request, by their names in JSON, that may be null.</summary>
    /// <summary>The fields that may be null, unless a rule says that they must be given.</summary>
    IEnumerable<string> OptionalFields(string request)
    {
        var slice = slices.Values.Select(slice => slice.Metadata.GetMetadata<EndpointDefinition>()!)
            .First(slice => slice.ReqDtoType.Name == request);
        var validator = (IValidator)ActivatorUtilities.CreateInstance(bank.Services, slice.ValidatorType!);
        var rules = validator.CreateDescriptor();

        return slice.ReqDtoType.GetProperties()
            .Where(member =>
                new NullabilityInfoContext().Create(member).ReadState == NullabilityState.Nullable)
            .Select(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name))
            .Where(name => !rules.GetValidatorsForMember(name)
                .Any(rule => rule.Validator is INotNullValidator));
    }

    bool IsKeyed(Operation operation) => slices[operation.Id].Metadata.GetMetadata<EndpointDefinition>()!
        .ReqDtoType.IsAssignableTo(typeof(IKeyedRequest));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Dictionary<string, JsonElement> Schemas => document.GetProperty("components").GetProperty("schemas")
        .EnumerateObject().ToDictionary(schema => schema.Name, schema => schema.Value);

    sealed record Operation(string Route, JsonElement Json)
    {
        public string Id => Text("operationId");

        public JsonElement[] Parameters =>
            Json.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

        public Dictionary<string, JsonElement> Responses => Json.GetProperty("responses")
            .EnumerateObject().ToDictionary(response => response.Name, response => response.Value);

        public IEnumerable<string> Codes(string status) => Responses.TryGetValue(status, out var response)
            ? response.GetProperty("content").GetProperty("application/problem+json").GetProperty("examples")
                .EnumerateObject().Select(example => example.Name)
            : [];

        /// <summary>Whether there is such a parameter, which may be left out.</summary>
        public bool Takes(string place, string name) => Parameters.Any(parameter =>
            parameter.GetProperty("in").ValueEquals(place)
            && parameter.GetProperty("name").ValueEquals(name)
            && !parameter.TryGetProperty("required", out _));

        public string Text(string member) => Json.GetProperty(member).GetString()!;
    }
}
