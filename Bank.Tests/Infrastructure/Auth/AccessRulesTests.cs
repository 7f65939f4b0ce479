using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;
using Microsoft.AspNetCore.Http;

namespace Bank.Tests.Infrastructure.Auth;

/// <summary>What a caller's credentials allow, whatever the endpoint.</summary>
public sealed class AccessRulesTests
{
    [Theory]
    [InlineData("GET", null)]
    [InlineData("HEAD", null)]
    [InlineData("POST", "key_is_read_only")]
    [InlineData("PUT", "key_is_read_only")]
    [InlineData("PATCH", "key_is_read_only")]
    [InlineData("DELETE", "key_is_read_only")]
    public void Read_scope_allows_GET_and_HEAD_only(string method, string? code)
    {
        var reader = new Caller(1, "ada", passwordHash: null, keyId: 7) { Scope = CallerScope.Read };

        Refusal(method, reader)?.Code.ShouldBe(code);
        Refusal(method, reader)?.Status.ShouldBe(StatusCodes.Status403Forbidden);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public void Full_scope_allows_every_method(string method)
    {
        Refusal(method, new Caller(1, "ada", "a hash")).ShouldBeNull();
        Refusal(method, new Caller(1, "ada", passwordHash: null, keyId: 7)).ShouldBeNull();
    }

    static Problem? Refusal(string method, Caller caller)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;

        return AccessRules.FindRefusal(http, caller);
    }
}
