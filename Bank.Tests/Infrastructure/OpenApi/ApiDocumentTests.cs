using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Problems;
using Bank.Tests.Harness;
using FastEndpoints;
using FluentValidation;
using FluentValidation.Validators;
using Json.Schema;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>The document is complete and correct.</summary>
public sealed class ApiDocumentTests(BankServer bank) : IAsyncLifetime
{
    /// <summary>The endpoints by name.</summary>
    readonly Dictionary<string, RouteEndpoint> slices = bank.Services
        .GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(slice => slice.Metadata.GetMetadata<EndpointDefinition>() is not null)
        .ToDictionary(slice => slice.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName);

    static readonly Regex PathParameter = new(@"\{[^}]*\}");

    static readonly string[] Bounds = ["maxLength", "pattern", "enum", "format"];

    /// <summary>The codes of the common problems, which the document explains once.</summary>
    static readonly string[] CommonCodes =
    [
        .. typeof(Problem).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Select(shared => ((Problem)shared.GetValue(null)!).Code),
    ];

    /// <summary>The common codes that only some operations have, or describe further.</summary>
    static readonly string[] NamedCodes = ["validation_failed", "unauthorized", "outcome_unknown"];

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
               select new Operation(document, $"{method.Name.ToUpperInvariant()} {path.Name}", method.Value)
        ];
        operations.ShouldNotBeEmpty();
    }

    [Fact]
    public void OpenAPI_document_lists_exactly_the_slices()
    {
        var routes =
            from slice in slices.Values
            from method in slice.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            select $"{method} /{slice.RoutePattern.RawText!.Trim('/')}";

        operations.Select(operation => operation.Route).ShouldBe(routes, ignoreOrder: true);
        operations.Select(operation => operation.Id).ShouldBe(slices.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Every_operation_has_a_summary_description_and_tag()
    {
        var features = document.GetProperty("tags").EnumerateArray().ToDictionary(
            tag => tag.GetProperty("name").GetString()!, tag => tag.GetProperty("description").GetString());

        foreach (var operation in operations)
        {
            operation.Text("operationId").ShouldMatch("^[A-Z][A-Za-z]+$", operation.Route);
            // The title is the <summary> of the endpoint; one or two sentences are its <remarks>.
            operation.Text("summary").ShouldMatch("^[A-Z][A-Za-z' ]{3,40}$", operation.Route);
            operation.Text("description").ShouldMatch(@"^[A-Z][^\r\n]+\.$", operation.Route);
            var tag = operation.Json.GetProperty("tags").EnumerateArray().ShouldHaveSingleItem().GetString()!;
            features.ShouldContainKey(tag, operation.Route);
            features[tag].ShouldNotBeNullOrEmpty(tag);
        }

        operations.Select(operation => operation.Id).ShouldBeUnique();
        operations.Select(operation => operation.Text("summary")).ShouldBeUnique();
    }

    [Fact]
    public void Every_protected_operation_requires_Basic_authentication()
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
    public void OpenAPI_operation_has_one_success_and_only_its_own_problems()
    {
        foreach (var operation in operations)
        {
            operation.Responses.Keys.Where(status => status[0] == '2').ShouldHaveSingleItem(operation.Route);
            operation.Refers("default").ShouldBe("Problem", operation.Route);

            foreach (var (status, _) in operation.Responses.Where(IsRefusal))
            {
                var codes = operation.Codes(status).Except(NamedCodes);
                codes.ShouldAllBe(code => !CommonCodes.Contains(code), $"{operation.Route} {status}");
            }
        }
    }

    [Fact]
    public void Common_problems_are_explained_once_in_the_introduction()
    {
        var introduction = document.GetProperty("info").GetProperty("description").GetString()!;
        var shared = document.GetProperty("components").GetProperty("responses");
        CommonCodes.Length.ShouldBeGreaterThan(10);

        foreach (var code in CommonCodes)
            introduction.ShouldMatch($@"\| \d\d\d \| `{code}` \| [A-Z].*\. \|");

        foreach (var response in shared.EnumerateObject())
            document.GetRawText().ShouldContain($"\"#/components/responses/{response.Name}\"");

        operations.Count(operation => operation.Refers("401") == "Unauthorized").ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Every_error_response_is_a_Problem_that_names_its_codes()
    {
        var known = Schemas["Problem"].GetProperty("properties").GetProperty("code").GetProperty("enum")
            .EnumerateArray().Select(code => code.GetString()!).ToArray();
        known.ShouldBeUnique();
        known.ShouldAllBe(
            code => code.All(character => character == '_' || char.IsAsciiLetterLower(character)));
        CommonCodes.Except(known).ShouldBeEmpty();

        foreach (var operation in operations)
        {
            foreach (var (status, response) in operation.Responses.Where(IsRefusal))
            {
                var content = response.GetProperty("content").EnumerateObject().ShouldHaveSingleItem();
                content.Name.ShouldBe("application/problem+json");
                content.Value.GetProperty("schema").GetProperty("$ref").GetString()
                    .ShouldBe("#/components/schemas/Problem");

                foreach (var example in content.Value.GetProperty("examples").EnumerateObject())
                {
                    var problem = example.Value.GetProperty("value");
                    known.ShouldContain(example.Name);
                    problem.GetProperty("code").GetString().ShouldBe(example.Name);
                    problem.GetProperty("status").GetRawText().ShouldBe(status);
                    response.GetProperty("description").GetString()!
                        .ShouldContain($"`{example.Name}`: {problem.GetProperty("detail").GetString()}");
                }
            }
        }
    }

    [Fact]
    public async Task Example_of_a_problem_equals_the_real_response()
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
    public async Task Example_of_an_invalid_field_names_a_field_of_that_request()
    {
        var invalid = operations.Where(operation => operation.Codes("422").Contains("validation_failed"))
            .ToArray();
        invalid.Length.ShouldBeGreaterThan(15);
        var customer = await bank.RegisterOperatorAsync();

        foreach (var operation in invalid)
        {
            var error = operation.Responses["422"].GetProperty("content")
                .GetProperty("application/problem+json").GetProperty("examples")
                .GetProperty("validation_failed").GetProperty("value").GetProperty("errors")[0];

            (await ErrorsAsync(customer, operation, error.GetProperty("name").GetString()!))
                .ShouldContain(
                    error.GetRawText().Replace(" ", "").Replace("\n", ""), customMessage: operation.Route);
        }
    }

    /// <summary>The errors of requests in which a field is missing or nonsense, without spaces.</summary>
    static async Task<string> ErrorsAsync(Customer customer, Operation operation, string field)
    {
        var errors = new StringBuilder();

        string[] values = ["", "nonsense", "-1", "0", "2020-01-01T00:00:00Z", new string('x', 1001)];

        foreach (var value in values)
        {
            using var request = Invalid(operation, field, value);
            using var response = await customer.Http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead);

            // A live history that begins has no end.
            if (!response.IsSuccessStatusCode)
                errors.Append((await response.Content.ReadAsStringAsync()).Replace(" ", ""));
        }

        return errors.ToString();
    }

    static HttpRequestMessage Invalid(Operation operation, string field, string value)
    {
        var (method, path) = (operation.Route.Split(' ')[0], operation.Route.Split(' ')[1]);
        var place = operation.Parameters
            .Where(parameter => parameter.GetProperty("name").ValueEquals(field))
            .Select(parameter => parameter.GetProperty("in").GetString()).FirstOrDefault();
        var address = PathParameter.Replace(path, parameter =>
            parameter.Value == $"{{{field}}}" ? value
            : operation.Parameter(parameter.Value.Trim('{', '}')).TryGetProperty("format", out var format)
                && format.ValueEquals("uuid")
                ? $"{Guid.NewGuid()}"
            : "1");
        var request = new HttpRequestMessage(
            new HttpMethod(method),
            place == "query" ? $"{address}?since=2021-01-01T00:00:00Z&{field}={value}" : address);

        if (place is null && method != "GET")
            request.Content = new StringContent(
                value.Length == 0 ? "{}" : $"{{\"{field}\": \"{value}\"}}", Encoding.UTF8,
                "application/json");

        return request;
    }

    [Fact]
    public void Response_headers_are_documented()
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
                headers.Contains("Link").ShouldBe(IsPaged(operation) && status == "200", where);
                headers.Contains("Next-Cursor").ShouldBe(IsPaged(operation) && status == "200", where);
                // A failed readiness check does not ask clients to wait.
                headers.Contains("Retry-After").ShouldBe(
                    status is "503" or "default"
                        && !operation.Codes(status).SequenceEqual(["not_ready"]), where);
                headers.Contains("Idempotent-Replayed").ShouldBe(
                    IsKeyed(operation) && status is "200" or "201" or "400" or "404", where);
            }
        }
    }

    [Fact]
    public void Every_parameter_is_described_and_Idempotency_Key_is_optional()
    {
        foreach (var operation in operations)
        {
            foreach (var parameter in operation.Parameters)
                parameter.GetProperty("description").GetString().ShouldNotBeNullOrEmpty(operation.Route);

            operation.Takes("header", "Idempotency-Key").ShouldBe(IsKeyed(operation), operation.Route);
        }

        var limit = operations.Single(operation => operation.Id == "GetHistory").Parameter("limit");
        limit.GetProperty("default").GetInt32().ShouldBe(100);
        limit.GetProperty("minimum").GetDecimal().ShouldBe(1);
        limit.GetProperty("maximum").GetRawText().ShouldBe("1000");
    }

    [Fact]
    public void Every_request_example_has_all_fields()
    {
        var requests = operations
            .Where(operation => operation.Json.TryGetProperty("requestBody", out _))
            .ToArray();
        requests.ShouldNotBeEmpty();

        foreach (var operation in requests)
        {
            var content = operation.Json.GetProperty("requestBody").GetProperty("content")
                .GetProperty("application/json");
            var name = content.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1];
            var schema = Schemas[name];
            var fields = schema.GetProperty("properties").EnumerateObject()
                .Select(field => field.Name)
                .ToArray();

            operation.Json.GetProperty("requestBody").TryGetProperty("required", out _)
                .ShouldBe(schema.TryGetProperty("required", out _), operation.Route);
            content.GetProperty("example").EnumerateObject().Select(field => field.Name)
                .ShouldBe(fields, ignoreOrder: true, name);
            var required = schema.TryGetProperty("required", out var named)
                ? named.EnumerateArray().Select(field => field.GetString()!)
                : [];
            required.ShouldBe(fields.Except(OptionalFields(name)), ignoreOrder: true, name);
        }
    }

    [Fact]
    public void Every_example_matches_its_schema()
    {
        var examples = Illustrated("#", document).ToArray();
        examples.Length.ShouldBeGreaterThan(200);

        foreach (var (where, schema, example) in examples)
        {
            var own = WithDefinitions(schema)!.AsObject();
            own["$defs"] = WithDefinitions(document.GetProperty("components").GetProperty("schemas"));
            var valid = JsonSchema.FromText(own.ToJsonString()).Evaluate(
                JsonNode.Parse(example.GetRawText()),
                new EvaluationOptions { RequireFormatValidation = true, OutputFormat = OutputFormat.List });

            valid.IsValid.ShouldBeTrue($"{where}: {example} {JsonSerializer.Serialize(valid)}");
            example.GetRawText().ShouldNotContain("\"idempotency_key\":", Case.Sensitive, where);
        }

        // Schemas refer to one another by their place in the document.
        static JsonNode? WithDefinitions(JsonElement schema) =>
            JsonNode.Parse(schema.GetRawText().Replace("#/components/schemas/", "#/$defs/"));
    }

    [Fact]
    public void Outcome_unknown_example_names_the_request_that_checks_it()
    {
        Unknown("PlaceHold").ShouldContain("GET /holds/");
        Unknown("ReleaseHold").ShouldContain("GET /holds/");
        Unknown("PlaceHold").ShouldNotContain("/transactions/");
        Unknown("ReleaseHold").ShouldNotContain("/transactions/");
        Unknown("Transfer").ShouldContain("GET /transactions/");

        string Unknown(string id) => operations.Single(operation => operation.Id == id).Responses["503"]
            .GetProperty("content").GetProperty("application/problem+json").GetProperty("examples")
            .GetProperty("outcome_unknown").GetProperty("value").GetProperty("detail").GetString()!;
    }

    [Fact]
    public void Ids_have_format_uuid_and_hold_status_is_an_enum()
    {
        document.GetRawText().ShouldNotContain("\"guid\"");
        Schemas["TransactionDetails"].GetProperty("properties").GetProperty("refunds").GetProperty("items")
            .GetProperty("format").GetString().ShouldBe("uuid");
        Schemas["Hold"].GetProperty("properties").GetProperty("status").GetProperty("enum").EnumerateArray()
            .Select(word => word.GetString()).ShouldBe(["held", "captured", "released", "expired"]);
    }

    [Fact]
    public void Every_request_string_has_a_length_pattern_enum_or_format()
    {
        var texts = Schemas
            .Where(schema => schema.Key.EndsWith("Request", StringComparison.Ordinal))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject(), (schema, field) =>
                (Where: $"{schema.Key}.{field.Name}", Schema: field.Value))
            .Concat(
                from operation in operations
                from parameter in operation.Parameters
                let name = parameter.GetProperty("name").GetString()
                where name != "cursor" && !parameter.GetProperty("in").ValueEquals("path")
                select (Where: $"{operation.Id} {name}", Schema: parameter.GetProperty("schema")))
            .Where(value => value.Schema.TryGetProperty("type", out var type) && type.ToString() == "string")
            .ToArray();
        texts.Length.ShouldBeGreaterThan(5);

        foreach (var (where, schema) in texts)
            Bounds.Count(bound => schema.TryGetProperty(bound, out _)).ShouldBeGreaterThan(0, where);
    }

    [Fact]
    public void Batch_schema_has_item_limits_and_an_element_schema()
    {
        var transfers = Schemas["BatchTransferRequest"].GetProperty("properties").GetProperty("transfers");
        transfers.GetProperty("minItems").GetInt32().ShouldBe(1);
        transfers.GetProperty("maxItems").GetInt32().ShouldBe(500);
        transfers.Names().ShouldNotContain("maxLength");

        var transfer = Schemas["TransferRequest"];
        transfer.GetProperty("required").EnumerateArray().Select(name => name.GetString())
            .ShouldBe(["from", "to", "amount"], ignoreOrder: true);
        transfer.GetProperty("properties").GetProperty("reference").GetProperty("maxLength").GetInt32()
            .ShouldBe(140);
    }

    [Fact]
    public void Documented_enums_lengths_and_patterns_match_the_validators()
    {
        var order = operations.Single(operation => operation.Id == "GetHistory").Parameter("order");
        order.GetProperty("enum").EnumerateArray().Select(word => word.GetString()).ShouldBe(["asc", "desc"]);
        order.GetProperty("default").GetString().ShouldBe("asc");

        var user = Schemas["RegisterUserRequest"].GetProperty("properties");
        user.GetProperty("username").GetProperty("maxLength").GetInt32().ShouldBe(64);
        user.GetProperty("username").GetProperty("pattern").GetString()
            .ShouldBe(@"^[^:\u0000-\u001F\u007F-\u009F]+$");
        user.GetProperty("password").GetProperty("minLength").GetInt32().ShouldBe(8);
        user.GetProperty("password").GetProperty("maxLength").GetInt32().ShouldBe(1024);

        operations.Single(operation => operation.Id == "Transfer").Parameter("Idempotency-Key")
            .GetProperty("pattern").GetString().ShouldBe("^[!-~]{1,255}$");
    }

    [Fact]
    public void Ids_times_and_numbers_have_examples()
    {
        var fields = Schemas.Values.SelectMany(schema => schema.GetProperty("properties").EnumerateObject())
            .Where(field => field.Value.TryGetProperty("format", out var format)
                && format.GetString() is "uuid" or "date-time" or "int64" or "decimal")
            .ToArray();
        fields.Length.ShouldBeGreaterThan(20);

        foreach (var field in fields)
            field.Value.GetProperty("examples").GetArrayLength().ShouldBe(1, field.Name);
    }

    [Fact]
    public void Money_is_a_two_decimal_number_or_in_requests_a_string()
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
            field.Value.GetProperty("type").ToString().ShouldContain("number");
            // Validators divide in binary: to the commonest, 19.99 would be no multiple of 0.01.
            field.Value.TryGetProperty("multipleOf", out _).ShouldBeFalse(field.Name);
            field.Value.GetProperty("examples")[0].GetRawText().ShouldMatch(@"^\d+\.\d\d$");
        }

        foreach (var request in new[]
        {
            "TransferRequest", "DepositRequest", "WithdrawalRequest",
        })
        {
            var amount = Schemas[request].GetProperty("properties").GetProperty("amount");
            amount.GetProperty("type").EnumerateArray().Select(type => type.GetString())
                .ShouldBe(["number", "string"]);
            amount.GetProperty("exclusiveMinimum").GetDecimal().ShouldBe(0);
            amount.GetProperty("maximum").GetDecimal().ShouldBe(999_999_999_999_999m);
        }

        Schemas["Transaction"].GetProperty("properties").GetProperty("amount").GetProperty("type").GetString()
            .ShouldBe("number");
    }

    [Fact]
    public void OpenAPI_document_has_no_generator_artifacts()
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
        text.ShouldNotContain("x-generator");
        text.ShouldNotContain("\"nullable\"");
        document.GetProperty("openapi").GetString().ShouldBe("3.1.0");
    }

    [Fact]
    public void Schemas_have_short_unique_names_and_are_all_used()
    {
        var text = document.GetRawText();

        foreach (var name in Schemas.Keys)
        {
            name.ShouldMatch("^([A-Z][a-z]+)+$");
            text.ShouldContain($"\"#/components/schemas/{name}\"");
        }

        Schemas.Keys.ShouldAllBe(name => !name.EndsWith("Response"));
        Schemas.ShouldContainKey("Problem");
        Schemas.ShouldContainKey("Account");
        Schemas.ShouldContainKey("Transaction");
        Schemas.ShouldNotContainKey("EmptyRequest");
    }

    [Fact]
    public async Task OpenAPI_servers_do_not_repeat_the_Host_header()
    {
        using var http = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi.json");
        request.Headers.Host = "elsewhere.example";

        using var response = await http.SendAsync(request);

        var servers = (await response.JsonAsync()).GetProperty("servers").EnumerateArray();
        servers.ShouldHaveSingleItem().GetProperty("url").GetString().ShouldBe("/");
    }

    /// <summary>The fields that may be null and are not required by a rule.</summary>
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

    /// <summary>The examples of the document with their schemas.</summary>
    static IEnumerable<(string Where, JsonElement Schema, JsonElement Example)> Illustrated(
        string where, JsonElement node)
    {
        if (node.ValueKind == JsonValueKind.Array)
            return node.EnumerateArray().SelectMany(item => Illustrated(where, item));

        if (node.ValueKind != JsonValueKind.Object)
            return [];

        var schema = node.TryGetProperty("schema", out var other) ? other : node;
        var own = new List<JsonElement>();

        if (node.TryGetProperty("example", out var example))
            own.Add(example);

        if (node.TryGetProperty("examples", out var examples))
            own.AddRange(examples.ValueKind == JsonValueKind.Array
                ? examples.EnumerateArray()
                : examples.EnumerateObject().Select(named => named.Value.GetProperty("value")));

        return own.Select(value => (where, schema, value)).Concat(
            node.EnumerateObject().Where(member => member.Name is not ("example" or "examples"))
                .SelectMany(member => Illustrated($"{where}/{member.Name}", member.Value)));
    }

    static bool IsRefusal(KeyValuePair<string, JsonElement> response) => response.Key[0] is '4' or '5';

    static bool IsPaged(Operation operation) => operation.Takes("query", "cursor");

    bool IsKeyed(Operation operation) =>
        slices[operation.Id].Metadata.GetMetadata<IdempotencyKeyMetadata>() is not null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Dictionary<string, JsonElement> Schemas => document.GetProperty("components").GetProperty("schemas")
        .EnumerateObject().ToDictionary(schema => schema.Name, schema => schema.Value);

    sealed record Operation(JsonElement Document, string Route, JsonElement Json)
    {
        public string Id => Text("operationId");

        public JsonElement[] Parameters =>
            Json.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

        /// <summary>The responses by status, with references resolved.</summary>
        public Dictionary<string, JsonElement> Responses => Json.GetProperty("responses")
            .EnumerateObject().ToDictionary(
                response => response.Name,
                response => Refers(response.Name) is { } shared
                    ? Document.GetProperty("components").GetProperty("responses").GetProperty(shared)
                    : response.Value);

        /// <summary>The name of the component that a response refers to, if any.</summary>
        public string? Refers(string status) =>
            Json.GetProperty("responses").TryGetProperty(status, out var response)
            && response.TryGetProperty("$ref", out var reference)
                ? reference.GetString()!.Split('/')[^1]
                : null;

        public IEnumerable<string> Codes(string status) => Responses.TryGetValue(status, out var response)
            ? response.GetProperty("content").GetProperty("application/problem+json").GetProperty("examples")
                .EnumerateObject().Select(example => example.Name)
            : [];

        /// <summary>Whether there is such an optional parameter.</summary>
        public bool Takes(string place, string name) => Parameters.Any(parameter =>
            parameter.GetProperty("in").ValueEquals(place)
            && parameter.GetProperty("name").ValueEquals(name)
            && !parameter.TryGetProperty("required", out _));

        /// <summary>The schema of a parameter.</summary>
        public JsonElement Parameter(string name) => Parameters
            .Single(parameter => parameter.GetProperty("name").ValueEquals(name)).GetProperty("schema");

        public string Text(string member) => Json.GetProperty(member).GetString()!;
    }
}
