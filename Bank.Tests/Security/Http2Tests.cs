using System.Globalization;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;
using static Bank.Tests.Harness.Http2Connection;

namespace Bank.Tests.Security;

/// <summary>
/// Over HTTP/2 the clients of a proxy share its connections: whoever is slow or hostile ends a stream or a
/// connection of its own, and takes no more memory than over HTTP/1.1.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class Http2Tests(Http2Bank bank) : IClassFixture<Http2Bank>
{
    const int StreamsPerConnection = 100;
    const int RefusedStream = 7;
    const int FloodFrames = 1_000_000;

    [Fact]
    public async Task Http2_address_speaks_HTTP_2_alone()
    {
        (await bank.ServesAsync()).ShouldBeTrue();

        (await RawHttp.SendAsync(bank.Address, "GET /health HTTP/1.1")).ShouldStartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public async Task Proxy_with_TLS_may_say_the_scheme_of_its_clients()
    {
        using var connection = await ConnectAsync(bank.Address, "https");

        await connection.RequestAsync(1, "GET", "/health");

        (await connection.StatusAsync(1)).ShouldBe(200);
    }

    [Fact]
    public async Task Server_announces_its_limits()
    {
        using var connection = await ConnectAsync(bank.Address);

        var settings = (await connection.ReadAsync(0, Settings)).ShouldNotBeNull().Payload.Chunk(6)
            .ToDictionary(
                setting => setting[1],
                setting => Convert.ToInt32(Convert.ToHexString(setting.AsSpan(2)), 16));

        // Streams at once, unread bytes of a stream's body, and bytes of headers.
        settings[3].ShouldBe(StreamsPerConnection);
        settings[4].ShouldBe(64 * 1024);
        settings[6].ShouldBe(16 * 1024);
    }

    [Theory]
    [InlineData("/transactions/deposit")]
    [InlineData("/holds/00000000-0000-7000-8000-000000000000/capture")]
    public async Task Body_that_does_not_arrive_ends_its_own_stream_alone(string path)
    {
        using var connection = await ConnectAsync(bank.Address);
        await connection.RequestAsync(
            1, "GET", $"/transactions/account/{bank.Account}/live", bank.SignIn);
        (await connection.StatusAsync(1)).ShouldBe(200);

        await connection.RequestAsync(
            3, "POST", path, bank.SignIn, ("content-type", "application/json"), ("content-length", "1000"));
        await connection.SendAsync(Data, 0, 3, (byte)'{');

        (await connection.StatusAsync(3)).ShouldBe(408);
        (await connection.ReadAsync(3, Data)).ShouldNotBeNull().Text.ShouldContain("\"request_timeout\"");
        (await bank.Customer.DepositAsync(bank.Account, 1m)).EnsureSuccessStatusCode().Dispose();
        (await connection.ReadAsync(1, Data, Reset)).ShouldNotBeNull().Text
            .ShouldContain("event: transaction");
    }

    [Theory]
    [InlineData("/accounts/{0}/statement")]
    [InlineData("/transactions/account/{0}?limit=1000")]
    public async Task Response_that_nobody_reads_ends_its_own_stream_alone(string path)
    {
        using var connection = await ConnectAsync(bank.Address);
        // No stream may send anything before it is given a window.
        await connection.SendAsync(Settings, 0, 0, 0, 4, 0, 0, 0, 0);
        await connection.RequestAsync(
            1, "GET", string.Format(CultureInfo.InvariantCulture, path, bank.Account), bank.SignIn);

        (await connection.StatusAsync(1)).ShouldBe(200);
        (await connection.ReadAsync(1, Data, Reset)).ShouldNotBeNull().Type.ShouldBe(Reset);

        await connection.RequestAsync(3, "GET", $"/accounts/{bank.Account}", bank.SignIn);
        await connection.SendAsync(WindowUpdate, 0, 3, 0, 0, 16, 0);
        (await connection.ReadAsync(3, Data, Reset)).ShouldNotBeNull().Text.ShouldContain("\"balance\"");
    }

    [Fact]
    public async Task Request_beyond_the_sizes_is_refused_alone()
    {
        using var connection = await ConnectAsync(bank.Address);
        (string, string)[] many = [.. Enumerable.Range(0, 101).Select(number => ($"x-{number}", "x"))];

        await connection.RequestAsync(1, "GET", "/health", ("x", new string('a', 17_000)));
        await connection.RequestAsync(3, "GET", "/health", many);
        await connection.RequestAsync(5, "GET", $"/{new string('a', 5000)}");
        await connection.RequestAsync(7, "GET", "/health", ("x", new string('a', 15_000)));

        (await connection.StatusAsync(1)).ShouldBe(431);
        (await connection.StatusAsync(3)).ShouldBe(431);
        (await connection.StatusAsync(5)).ShouldBeNull("the stream is reset");
        (await connection.StatusAsync(7)).ShouldBe(200);
    }

    [Fact]
    public async Task Floods_end_their_own_connection_alone()
    {
        var header = Enumerable.Repeat((byte)'a', 1000).ToArray();
        byte[] field = [0, 1, (byte)'x', 127, 0xE9, 6, .. header];
        using var slowHeaders = await ConnectAsync(bank.Address);
        await slowHeaders.SendAsync(Headers, 0, 1, 0x82);
        await slowHeaders.SendAsync(Continuation, 0, 1);

        await Task.WhenAll(
            FloodAsync(stream =>
                [(Headers, 5, stream, [0x82, 0x84, 0x86]), (Reset, 0, stream, [0, 0, 0, 8])]),
            FloodAsync(stream => [(stream == 1 ? Headers : Continuation, 0, 1, field)]),
            FloodAsync(_ => [(Ping, 0, 0, new byte[8])]),
            FloodAsync(_ => [(Settings, 0, 0, [])]));

        (await bank.ServesAsync()).ShouldBeTrue();
        (await slowHeaders.ReadAsync(1, Headers)).ShouldBeNull("headers without an end close the connection");
    }

    [Fact]
    public async Task Requests_beyond_the_limit_are_refused_for_another_try()
    {
        var max = int.Parse(AcceptsLine.Match(bank.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        var connections = new List<Http2Connection>();

        try
        {
            for (var request = 0; request < max + StreamsPerConnection; request++)
            {
                if (request % StreamsPerConnection == 0)
                    connections.Add(await ConnectAsync(bank.Address));

                await connections[^1].RequestAsync(
                    request % StreamsPerConnection * 2 + 1, "POST", "/transactions/deposit", bank.SignIn,
                    ("content-type", "application/json"), ("content-length", "1000"));
            }

            await await Task.WhenAny(connections.Select(ShouldBeRefusedAsync));
            await Eventually.TrueAsync(
                () => bank.Output.Contains($"{max} requests over HTTP/2 are being served"), "it is logged");
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }

        await Eventually.TrueAsync(bank.ServesAsync, "the others are over");
    }

    /// <summary>Reads until a stream is refused.</summary>
    static async Task ShouldBeRefusedAsync(Http2Connection connection)
    {
        while ((await connection.ReadAsync()).ShouldNotBeNull() is not { Type: Reset, Error: RefusedStream })
        {
        }
    }

    /// <summary>Sends the same frames again and again, without reading, until the server closes.</summary>
    async Task FloodAsync(Func<int, (byte Type, byte Flags, int Stream, byte[] Payload)[]> frames)
    {
        using var connection = await ConnectAsync(bank.Address);

        try
        {
            for (var turn = 0; turn < FloodFrames; turn += 100)
                await connection.WriteAsync(
                [
                    .. Enumerable.Range(turn, 100).SelectMany(number => frames(2 * number + 1))
                        .SelectMany(frame => Frame(frame.Type, frame.Flags, frame.Stream, frame.Payload)),
                ]);
        }
        catch (IOException)
        {
            return;
        }

        throw new InvalidOperationException("The server took the whole flood.");
    }

    [GeneratedRegex(@"Accepts (\d+) connections at once")]
    static partial Regex AcceptsLine { get; }
}
