using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using FastEndpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.Ledger;

/// <summary>A refusal is spelled once, in the statement; the endpoint names what it may send.</summary>
public sealed partial class ProblemCodeTests(BankServer bank)
{
    public static TheoryData<Type> Statements =>
    [
        .. typeof(Program).Assembly.GetTypes().Where(type =>
            type.IsClass && typeof(IMoneyQuery).IsAssignableFrom(type)),
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public void Money_slice_declares_exactly_the_codes_of_its_SQL(Type statement)
    {
        var answered = CodesOf(statement).Except([PostingRow.Posted, .. PostingRow.Undecided]).ToArray();
        answered.ShouldNotBeEmpty();

        var slice = bank.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .Single(endpoint =>
                endpoint.Metadata.GetMetadata<EndpointDefinition>()?.EndpointType.FullName
                == statement.FullName!.Replace("Query", "Endpoint"));

        slice.Metadata.GetOrderedMetadata<ProblemMetadata>().Select(declared => declared.Problem)
            .Where(problem => problem.Status is 400 or 404
                && !problem.Code.StartsWith("malformed", StringComparison.Ordinal))
            .Select(problem => problem.Code)
            .ShouldBe(answered, ignoreOrder: true);
    }

    /// <summary>The outcomes that the SQL of a money query spells.</summary>
    public static IEnumerable<string> CodesOf(Type statement) => Outcome
        .Matches((string)statement.GetField("Sql", BindingFlags.Static | BindingFlags.NonPublic)!
            .GetRawConstantValue()!)
        .Select(code => code.Groups["code"].Value);

    /// <summary>What a CASE over commands answers.</summary>
    [GeneratedRegex("(THEN|ELSE) '(?<code>[a-z_]+)'")]
    static partial Regex Outcome { get; }
}
