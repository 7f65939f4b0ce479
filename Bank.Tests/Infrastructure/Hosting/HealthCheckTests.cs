using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bank.Infrastructure.Hosting;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class HealthCheckTests(BankServer bank)
{
    [Fact]
    public async Task Health_command_exits_with_0_when_the_API_is_ready()
    {
        (await RequestAsync([], $"ASPNETCORE_URLS={bank.Address};http://[::]:1")).ShouldBe(0);
        (await RequestAsync([], $"ASPNETCORE_HTTP_PORTS={bank.Address.Port};1")).ShouldBe(0);
    }

    [Fact]
    public async Task Health_command_exits_with_1_when_no_API_answers() =>
        (await RequestAsync([], "ASPNETCORE_HTTP_PORTS=1")).ShouldBe(1);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Health_command_asks_over_TLS_however_the_address_is_said()
    {
        await using var api = await StartReadyAsync("https://127.0.0.1:0");
        var port = new Uri(api.Urls.First()).Port;

        foreach (var (arguments, variable) in new[]
        {
            (Array.Empty<string>(), $"ASPNETCORE_URLS=https://+:{port}"),
            ([], $"ASPNETCORE_HTTPS_PORTS={port}"),
            ([], $"Kestrel__Endpoints__A__Url=https://bank.example.com:{port}"),
            (["--urls", $"https://*:{port}"], "ASPNETCORE_HTTP_PORTS=1"),
        })
            await Eventually.TrueAsync(
                async () => await RequestAsync(arguments, variable) == 0, $"{variable} is healthy");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Health_command_finds_the_arguments_of_the_running_API()
    {
        // No other process of this program has this variable.
        var variable = $"DOTNET_HTTPS_PORTS={Ports.Free()}";
        using var api = Start(
            ["--urls", $"http://127.0.0.1:{Ports.Free()}"], variable,
            $"ConnectionStrings__Bank={ApiConnection.Of(bank.ConnectionString)}",
            $"ConnectionStrings__Owner={bank.ConnectionString}", "Logging__LogLevel__Default=Error");

        try
        {
            await Eventually.TrueAsync(async () => await RequestAsync([], variable) == 0, "the API is found");
        }
        finally
        {
            api.Kill();
            await api.WaitForExitAsync();
        }

        (await RequestAsync([], variable)).ShouldBe(1);
    }

    [Theory]
    [InlineData("", "http://localhost:8000")]
    [InlineData("--urls=http://*:1;https://[::]:2", "http://*:1 https://[::]:2")]
    [InlineData("--http_ports=1;2 --https_ports=3", "http://*:1 http://*:2 https://*:3")]
    [InlineData("--urls=http://*:1 --http_ports=2", "http://*:1")]
    [InlineData("--Kestrel:Endpoints:A:Url=http://*:1 --urls=http://*:2", "http://*:1")]
    [InlineData("--Serving:Http2Address=http://*:2", "http://localhost:8000 http://*:2")]
    [InlineData("--Serving:Http2Address=http://*:2 --urls=http://*:1", "http://*:1 http://*:2")]
    public void Addresses_are_read_by_the_rules_of_the_server(string arguments, string addresses)
    {
        var settings = new ConfigurationBuilder()
            .AddCommandLine(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Build();

        Addresses.FromSettings(settings).ShouldBe(addresses.Split(' '));
    }

    [Theory]
    [InlineData("https://+:8443", "https://localhost:8443")]
    [InlineData("http://0.0.0.0", "http://localhost")]
    [InlineData("http://bank.example.com:8000/", "http://localhost:8000/")]
    [InlineData("http://10.0.0.5:8000", "http://10.0.0.5:8000")]
    [InlineData("http://[::1]:8000", "http://[::1]:8000")]
    public void Local_address_leads_to_this_machine(string address, string local) =>
        Addresses.ToLocal(address).ShouldBe(local);

    [Fact]
    public async Task Address_that_speaks_HTTP_2_alone_is_asked()
    {
        await using var api = await StartReadyAsync("http://127.0.0.1:0", HttpProtocols.Http2);

        (await HealthCheck.RunAsync(["--urls", api.Urls.First()])).ShouldBe(0);
    }

    [Theory]
    [InlineData("http://localhost:8001", "127.0.0.1", 8001, true)]
    [InlineData("http://*:8001", "::", 8001, true)]
    [InlineData("http://bank.example.com:8001", "::", 8001, true)]
    [InlineData("http://[::1]:8001", "::1", 8001, true)]
    [InlineData("http://10.0.0.5:8001", "10.0.0.5", 8001, true)]
    [InlineData("http://10.0.0.5:8001", "10.0.0.6", 8001, false)]
    [InlineData("http://10.0.0.5:8001", "10.0.0.5", 8000, false)]
    public void Endpoint_of_an_address_is_recognized(string address, string host, int port, bool isAt) =>
        Addresses.IsAt(new IPEndPoint(IPAddress.Parse(host), port), address).ShouldBe(isAt);

    [Fact]
    public async Task Unix_domain_socket_is_asked()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"bank-{Names.New()}.sock");
        await using var api = await StartReadyAsync($"http://unix:{socket}");
        using var handler = LocalHandler.Create($"http://unix:{socket}", out var url);
        using var http = new HttpClient(handler);

        (await http.GetAsync(new Uri(url, "/health/ready"))).EnsureSuccessStatusCode().Dispose();
    }

    /// <summary>A server that is ready, with a certificate that nobody trusts.</summary>
    static async Task<WebApplication> StartReadyAsync(
        string address, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=bank.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address).ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        var server = builder.Build();
        server.Run(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/health/ready" ? 200 : 404;
            return Task.CompletedTask;
        });
        await server.StartAsync();

        return server;
    }

    static async Task<int> RequestAsync(string[] arguments, params string[] variables)
    {
        using var process = Start(["health", .. arguments], variables);
        await process.WaitForExitAsync();

        return process.ExitCode;
    }

    static Process Start(string[] arguments, params string[] variables)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Bank.dll"), .. arguments]);
        start.Environment.Remove("ASPNETCORE_URLS");

        foreach (var variable in variables.Select(variable => variable.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];

        return Process.Start(start)!;
    }
}
