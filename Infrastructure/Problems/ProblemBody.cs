namespace Bank.Infrastructure.Problems;

/// <summary>The JSON of a problem (RFC 9457), the one shape of every error.</summary>
/// <param name="Type">A URN that names the kind of problem.</param>
/// <param name="Title">A few words, the same for every occurrence.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Detail">A sentence for a person.</param>
/// <param name="Code">A stable snake_case name for programs.</param>
/// <param name="TraceId">The id to report; the log has the same one.</param>
/// <param name="Errors">With 422: the refused fields and the reasons.</param>
/// <param name="Index">In a batch: the index of the refused element, from 0.</param>
sealed record ProblemBody(
    string Type, string Title, int Status, string Detail, string Code, string TraceId,
    IReadOnlyList<FieldError>? Errors = null, int? Index = null);
