using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>nginx or HAProxy in front of an API, told to compress whatever it may.</summary>
sealed class CompressingProxy : IAsyncDisposable
{
    readonly string directory;
    readonly Process process;

    CompressingProxy(string directory, Process process, Uri address) =>
        (this.directory, this.process, Address) = (directory, process, address);

    public Uri Address { get; }

    /// <summary>Starts a proxy; skips the test where it is not installed.</summary>
    /// <param name="program">nginx or haproxy.</param>
    /// <param name="api">The address of the API.</param>
    public static async Task<CompressingProxy> StartAsync(string program, Uri api)
    {
        Assert.SkipUnless(File.Exists($"/usr/sbin/{program}"), $"{program} is not installed.");
        var directory = Directory.CreateTempSubdirectory("bank-proxy-").FullName;
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var file = Path.Combine(directory, "proxy.conf");
        await File.WriteAllTextAsync(
            file, program == "nginx" ? Nginx(directory, address, api) : HaProxy(address, api));
        Unprivileged.Own(directory);
        var log = Path.Combine(directory, "log");
        var option = program == "nginx" ? "-c" : "-f";
        var proxy = new CompressingProxy(
            directory, Unprivileged.Start(log, $"/usr/sbin/{program}", option, file), address);

        try
        {
            await Eventually.TrueAsync(proxy.AnswersAsync, $"{program} answers");
            return proxy;
        }
        catch (Exception failure)
        {
            var output = await File.ReadAllTextAsync(log);
            await proxy.DisposeAsync();
            throw new InvalidOperationException(output, failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    async Task<bool> AnswersAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };

        try
        {
            using var response = await http.GetAsync("/health");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static string Nginx(string directory, Uri address, Uri api) =>
        $$"""
        daemon off;
        pid {{directory}}/pid;
        error_log stderr;
        events { }
        http {
            access_log off;
            client_body_temp_path {{directory}}/body;
            proxy_temp_path {{directory}}/proxy;
            fastcgi_temp_path {{directory}}/fastcgi;
            uwsgi_temp_path {{directory}}/uwsgi;
            scgi_temp_path {{directory}}/scgi;
            gzip on;
            gzip_types *;
            gzip_proxied any;
            gzip_min_length 0;
            server {
                listen {{address.Authority}};
                location / {
                    proxy_pass http://{{api.Authority}};
                    proxy_http_version 1.1;
                }
            }
        }

        """;

    static string HaProxy(Uri address, Uri api) =>
        $$"""
        defaults
            mode http
            option http-no-delay
            timeout connect 5s
            timeout client 60s
            timeout server 60s
        frontend proxy
            bind {{address.Authority}}
            compression algo gzip
            compression type text/event-stream application/json
            default_backend api
        backend api
            server api {{api.Authority}}

        """;
}
