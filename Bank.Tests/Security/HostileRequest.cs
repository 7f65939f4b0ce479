using System.Text;

namespace Bank.Tests.Security;

/// <summary>A hostile request, byte for byte.</summary>
/// <param name="Name">A description of the fault.</param>
/// <param name="Bytes">The bytes to send.</param>
/// <param name="IsBrokenHttp">Whether the HTTP is invalid, so that the server may answer by itself.</param>
sealed record HostileRequest(string Name, byte[] Bytes, bool IsBrokenHttp = false)
{
    public bool IsHead => Bytes.AsSpan().StartsWith("HEAD "u8);

    /// <summary>
    /// A request of Latin-1 characters, each sent as one byte. A head with other than ASCII counts as broken
    /// HTTP.
    /// </summary>
    public static HostileRequest Of(
        string name, string method, string target, string headers, string? body = null,
        bool isBrokenHttp = false)
    {
        var length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        var head = $"{method} {target} HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n{headers}{length}\r\n";

        return new HostileRequest(
            $"{method} {Short(target)}: {Short(name)}", Encoding.Latin1.GetBytes(head + body),
            isBrokenHttp || head.Any(letter => letter is '\0' or > '~'));
    }

    static string Short(string text) => text.Length <= 100 ? text : $"{text[..100]}… ({text.Length})";
}
