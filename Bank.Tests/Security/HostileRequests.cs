using System.Globalization;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// Requests of an attacker who is a customer: each part of every operation is made wrong while the rest is
/// valid; after that, random bytes are changed.
/// </summary>
/// <param name="operations">The operations of the API.</param>
/// <param name="attacker">A customer with money.</param>
/// <param name="account">The attacker's account.</param>
/// <param name="victim">An account of another user.</param>
/// <param name="transaction">A transaction of the attacker's account.</param>
sealed class HostileRequests(
    ApiOperation[] operations, Customer attacker, long account, long victim, string transaction)
{
    const string Json = "Content-Type: application/json\r\n";
    const long NoAccount = 4_000_000_000_000_000_000;

    string SignIn => $"Authorization: {attacker.Http.DefaultRequestHeaders.Authorization}\r\n";

    string Deposit => Body(
        operations.Single(operation => operation.Path == "/transactions/deposit"), NoAccount);

    /// <param name="random">Chooses the bytes and their changes.</param>
    /// <param name="changed">The number of requests with changed bytes.</param>
    public IEnumerable<HostileRequest> All(Random random, int changed) =>
    [
        .. operations.SelectMany(Fields), .. operations.SelectMany(Bodies), .. operations.SelectMany(Headers),
        .. operations.SelectMany(Addresses), .. Nowhere(), .. BrokenHttp.All(SignIn, Deposit),
        .. Enumerable.Range(0, changed).Select(_ => Changed(random)),
    ];

    IEnumerable<HostileRequest> Fields(ApiOperation operation) =>
        from field in operation.Fields.Keys
        from value in HostileJson.Values
        select Send(operation, $"{field} is {value}", Json, Body(operation, account, field, value));

    IEnumerable<HostileRequest> Bodies(ApiOperation operation) =>
        from body in HostileJson.Bodies.Concat(Repeated(operation))
        select Send(operation, $"the body is {body}", Json, body);

    /// <summary>Valid bodies with one member repeated as null.</summary>
    IEnumerable<string> Repeated(ApiOperation operation) =>
        from field in operation.Fields.Keys
        from name in new[] { field, field.ToUpperInvariant(), $"\\u{(int)field[0]:x4}{field[1..]}" }
        select $"{Body(operation, account)[..^1]},\"{name}\":null}}";

    IEnumerable<HostileRequest> Headers(ApiOperation operation)
    {
        var body = operation.Fields.Count > 0 ? Body(operation, NoAccount) : null;

        foreach (var line in HostileHttp.Authorizations(SignIn))
            yield return Send(operation, line, Json, body, signIn: line);

        foreach (var line in HostileHttp.ContentTypes)
            yield return Send(operation, line, line, body ?? "{}");

        foreach (var name in operation.HeaderNames)
        {
            foreach (var value in HostileHttp.HeaderValues)
                yield return Send(operation, $"{name}: {value}", $"{Json}{name}: {value}\r\n", body);
        }
    }

    IEnumerable<HostileRequest> Addresses(ApiOperation operation)
    {
        foreach (var name in operation.PathNames.Keys)
        {
            foreach (var segment in HostileHttp.Segments)
                yield return Send(operation, segment, path: Path(operation, name, segment));
        }

        foreach (var query in operation.QueryNames.DefaultIfEmpty("a").SelectMany(HostileHttp.Queries))
            yield return Send(operation, query, path: $"{Path(operation)}?{query}");

        foreach (var method in HostileHttp.Methods)
            yield return Send(operation with { Method = method }, "the method");
    }

    IEnumerable<HostileRequest> Nowhere() =>
    [
        .. HostileHttp.Targets.Select(target => HostileRequest.Of("nowhere", "GET", target, SignIn)),
        .. HostileHttp.BrokenTargets.Select(target =>
            HostileRequest.Of("no target", "GET", target, SignIn, isBrokenHttp: true)),
    ];

    /// <summary>A request for an unknown account, with bytes replaced, removed or duplicated.</summary>
    HostileRequest Changed(Random random)
    {
        var operation = operations[random.Next(operations.Length)];
        var bytes = Send(operation, "", Json, Body(operation, NoAccount)).Bytes.ToList();

        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(bytes.Count);

            if (random.Next(3) is var kind && kind == 0)
                bytes[at] = (byte)random.Next(256);
            else if (kind == 1)
                bytes.RemoveAt(at);
            else
                bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(1, 20)).ToArray());
        }

        return new HostileRequest(
            $"{operation.Method} {operation.Path} with changed bytes", [.. bytes], IsBrokenHttp: true);
    }

    HostileRequest Send(
        ApiOperation operation, string name, string headers = "", string? body = null, string? path = null,
        string? signIn = null) =>
        HostileRequest.Of(
            name, operation.Method, path ?? Path(operation), (signIn ?? SignIn) + headers, body);

    string Path(ApiOperation operation, string? name = null, string segment = "") =>
        operation.PathNames.Aggregate(operation.Path, (path, other) => path.Replace(
            $"{{{other.Key}}}", other.Key == name ? segment : Right(other.Value), StringComparison.Ordinal));

    /// <summary>The id of a resource of the attacker.</summary>
    string Right(string format) =>
        format == "uuid" ? transaction : account.ToString(CultureInfo.InvariantCulture);

    string Body(ApiOperation operation, long source, string? field = null, string value = "") =>
        $"{{{string.Join(',', operation.Fields.Select(known =>
            $"\"{known.Key}\":{(known.Key == field ? value : Right(known.Key, known.Value, source))}"))}}}";

    /// <summary>
    /// A valid value that names the attacker's own resources. Only the current password is wrong, so that the
    /// attacker can still sign in.
    /// </summary>
    string Right(string field, string example, long source) => field switch
    {
        "account_id" or "from" => source.ToString(CultureInfo.InvariantCulture),
        "to" => victim.ToString(CultureInfo.InvariantCulture),
        "amount" => "0.01",
        "username" => $"\"{attacker.Username}\"",
        _ => example.StartsWith('"') ? "\"battery staple\"" : example,
    };
}
