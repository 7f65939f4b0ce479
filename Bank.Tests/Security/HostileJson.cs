namespace Bank.Tests.Security;

/// <summary>Malformed and unexpected JSON; every character is one byte (Latin-1).</summary>
static class HostileJson
{
    /// <summary>Texts in place of a member's value.</summary>
    public static IEnumerable<string> Values =>
    [
        .. Tokens, .. Numbers, .. Strings.Select(text => $"\"{text}\""),
        Nested(60), Nested(70), Nested(5_000),
        new string('9', 10_000), $"0.{new string('0', 5_000)}1", $"1e{new string('9', 1_000)}",
    ];

    /// <summary>Texts in place of a body.</summary>
    public static IEnumerable<string> Bodies =>
    [
        "", " ", "\0", "null", "true", "1", "\"text\"", "[]", "[{}]", "{", "}", "{\"", "{}{}", "{},", "{}}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{/**/}", "//\n{}",
        "\xEF\xBB\xBF{}", "\xFF\xFE{\0}\0", "\0{\0}", "\x1F\x8B\x08\0\0\0\0\0", "{\"\xFF\":1}",
        "{\"__proto__\":{\"admin\":true}}", "{\"$type\":\"System.IO.FileInfo\",\"$id\":\"1\"}",
        "{\"$ref\":\"#\"}", "a=1&b=2", "<!DOCTYPE a [<!ENTITY b SYSTEM \"c\">]><a>&b;</a>",
        Nested(8_000), new string('[', 16_000), Repeat("{\"a\":", 3_000),
        $"{{\"{new string('k', 16_000)}\":1}}", $"{{{Repeat("\"a\":1,", 2_000)}\"b\":2}}",
        new string(' ', 16 * 1024), new string(' ', 16 * 1024 + 1), new string('x', 20_000),
    ];

    static string[] Tokens =>
    [
        "", "null", "true", "false", "[]", "[1]", "{}", "{\"a\":1}", "undefined", "None", "'1'", "nul", "tru",
        "NaN", "Infinity", "-Infinity", "/* */ 1", "1 // one", "1 2", "1,1", "\"", "\"a", "[", "{",
    ];

    static string[] Numbers =>
    [
        "0", "-0", "-1", "-0.01", "0.005", "1.5", "01", "+1", ".5", "1.", "1e", "1e+", "--1", "0x10", "1_000",
        "1e400", "-1e400", "1e-400", "1e99999999999", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "2147483648", "1e2", "1E-2", "0.0100000000000000001",
        "999999999999.99", "1000000000000", "79228162514264337593543950336",
    ];

    static string[] Strings =>
    [
        "", " ", "0", "1", "-1", "1e2", "0.005", "1,5", "NaN", "Infinity", "-Infinity", "null", "true",
        "\\u0031", "\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "\\ud83d", "\\uD83D\\uDE00",
        "\\u202e", "\\ufeff", "\0", "a\0b", "\n", "\x7F", "\xFF", "\xC0\x80", "\xE2\x82", "\xED\xA0\x80",
        "\xF4\x90\x80\x80", "\\x41", "\\u00", "\\", "%00", "%s%n", "${7*7}", "{{7*7}}", "$1", "@amount",
        "'; DROP TABLE users; --", "1 OR 1=1", "../../etc/passwd", "<script>alert(1)</script>",
        "\\r\\nX-Injected: 1", "a:b", ":", new string('x', 15_000), Repeat("\\ud83d\\ude00", 1_000),
        Repeat("\xE2\x82\xAC", 4_000), Repeat("e\xCC\x81", 300),
    ];

    static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
