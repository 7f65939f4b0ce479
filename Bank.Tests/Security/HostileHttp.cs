using System.Text;

namespace Bank.Tests.Security;

/// <summary>Malformed parts of a request besides its body; every character is one byte (Latin-1).</summary>
static class HostileHttp
{
    public static IEnumerable<string> Segments =>
    [
        "0", "-1", "1.5", "1e3", "+1", "0x1", "abc", "null", "true", "NaN", "9223372036854775808", "%20",
        "%09", "%0d%0aX-Injected:1", "%2F", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "%252e", "%C0%AF", "%FF",
        "%ED%A0%80", "%E2%82", "%", "%zz", "%u0041", "'%20OR%201=1--", "%3Cscript%3E", "*", "~", "a;b=c",
        "a,b", "a@b", "$1", "{id}", "[1]", "1%23", "1%3F", "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "{00000000-0000-0000-0000-000000000000}", "%D9%A1",
        "%EF%BC%91", "%F0%9F%98%80", "e%CC%81", new string('9', 400), new string('a', 3_500),
    ];

    public static IEnumerable<string> Targets =>
    [
        "/", "//", "///accounts", "/accounts//", "/accounts/../auth/me", "/./auth/me", "/auth/me/..",
        "/%2e%2e/", "/auth%2Fme", "/AUTH/ME", "/auth/me;x", "/auth/me%20", "/auth/me.json", "/.git/config",
        "/.env", "/docs/../appsettings.json", "/docs/%2e%2e/appsettings.json", "/docs/..%2fappsettings.json",
        "/health/live", "/openapi.json/x", "/accounts/1/2/3", "http://bank/health", "/%F0%9F%98%80", "/\\",
        "/a\\..\\b", "/api/v1/users", "/graphql", "/wp-login.php", "/?a", "/?", "/auth/me#x",
    ];

    /// <summary>Targets that the server itself rejects.</summary>
    public static IEnumerable<string> BrokenTargets =>
    [
        "/%00", "/accounts/%00", "/accounts/1%001", "/\0", "/\xFF", "/a b", "accounts", "", "?", "http:",
        "http://", "http://evil.example/auth/me", "http://bank:99999999/", "*", "/\r", "/\n", "/\x7F\x01",
        $"/{new string('a', 5_000)}",
    ];

    public static IEnumerable<string> Queries(string name) =>
    [
        $"{name}", $"{name}=", $"{name}=&{name}=", $"{name}=1&{name}=2", $"{name}[]=1", $"{name}[0]=1",
        $"{name}=-1", $"{name}=0", $"{name}=1001", $"{name}=1.5", $"{name}=1e2", $"{name}=NaN",
        $"{name}=null", $"{name}=9223372036854775808", $"{name}=%00", $"{name}=%FF", $"{name}=%ED%A0%80",
        $"{name}=%", $"{name}=%zz", $"{name}='%20OR%201=1--", $"{name}=%0d%0aX-Injected:1", $"{name}=;",
        $"{name}=\xFF", $"{name}=%F0%9F%98%80", $"{name}=AAAA", $"{name}=eyJhIjoxfQ",
        $"{name}={new string('9', 1_000)}", $"{name}={new string('A', 3_500)}", $"&&&={name}", "=", "&", "?",
        "%", string.Join('&', Enumerable.Range(0, 700).Select(number => $"a{number}")),
    ];

    /// <summary>Header lines in place of the valid Authorization line.</summary>
    public static IEnumerable<string> Authorizations(string right) =>
    [
        "", $"{right}{right}", $"Authorization: Basic YTpi\r\n{right}",
        $"{right}Authorization: Basic YTpi\r\n",
        .. Credentials.Select(value => $"Authorization: {value}\r\n"),
        .. Pairs.Select(pair =>
            $"Authorization: Basic {Convert.ToBase64String(Encoding.Latin1.GetBytes(pair))}\r\n"),
    ];

    public static IEnumerable<string> ContentTypes =>
    [
        "", "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        .. MediaTypes.Select(type => $"Content-Type: {type}\r\n"),
    ];

    public static IEnumerable<string> HeaderValues =>
    [
        "", " ", "two words", "tab\tbetween", "\xFF", "\xC3\xA9", "\x80", "a,b", "\"quoted\"", "'", "$1",
        "%00", new string('k', 255), new string('k', 256), new string('k', 10_000),
    ];

    public static string[] Methods => ["HEAD", "OPTIONS", "TRACE", "PATCH", "GETT", "get", "PROPFIND", "Q"];

    static string[] Credentials =>
    [
        "", " ", "Basic", "Basic ", "Basic =", "Basic ====", "Basic not*base64", "Basic YTpi=", "Basic YTp",
        "Basic YTpi YTpi", "Basic\tYTpi", "Basic YTpi,", "Basic \"YTpi\"", "Basic \xFF", "Bearer YTpi",
        "Digest username=a", "Negotiate YTpi", "YTpi",
    ];

    static string[] Pairs =>
    [
        "", ":", "a", ":a", "a:", "a:b:c", "\xFF:a", "a:\xFF", "\xC0\x80:a", "\xED\xA0\x80:a", "\0:\0",
        "a\0b:c", "a:\0", "a\r\nb:c", "'; DROP TABLE users; --:a", "\xEF\xBB\xBF\x61:b", "e\xCC\x81:b",
        $"{new string('a', 5_000)}:b", $"a:{new string('b', 5_000)}", new string('\0', 3_000),
    ];

    static string[] MediaTypes =>
    [
        "", " ", "json", "/", "*/*", "text/plain", "text/json", "application/xml", "application/problem+json",
        "application/vnd.api+json", "application/x-www-form-urlencoded", "multipart/form-data",
        "multipart/form-data; boundary=\"", "application/json; charset=utf-16",
        "application/json; charset=utf-7", "application/json; charset=x", "application/json; charset=",
        "application/json; charset", "application/json; charset=\"utf-8", "application/json;;;",
        "application/json, text/plain", $"application/json; x={new string('x', 8_000)}", "\xFF",
    ];
}
