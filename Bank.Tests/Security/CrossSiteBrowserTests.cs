using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// Pages in a real browser that has signed in: pages of other origins move no money, open no account and
/// release no hold, while the bank's own page and the pages of a named origin go on working.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CrossSiteBrowserTests(BankServer server)
{
    [Fact]
    public async Task Signed_in_browser_changes_nothing_for_other_pages()
    {
        await using var browser = await Browser.StartAsync();
        await using var stranger = await OtherSite.StartAsync();
        await using var friend = await OtherSite.StartAsync();
        // A browser speaks HTTP/2 over TLS only.
        HttpVersions.Speak(HttpVersions.Http1);
        await using var bank = await IsolatedBank.StartAsync(server, $"Cors:Origins:0={friend.SameSite}");
        var payer = await bank.RegisterAsync();
        var from = await payer.OpenAccountAsync(100m);
        var payee = await bank.RegisterAsync();
        var to = await payee.OpenAccountAsync();
        var paid = await payer.PayAsync(from, to, 60m);
        var hold = await payer.HoldAsync(from, to, 5m);
        var address = $"http://localhost:{bank.Address.Port}";
        string[] changes =
        [
            $"{address}/transactions/{paid}/refund", $"{address}/holds/{hold}/capture",
            $"{address}/holds/{hold}/release", $"{address}/accounts/",
        ];

        await browser.OpenAsync(
            $"http://{payee.Username}:{Customer.Password.Replace(" ", "%20")}@localhost:{bank.Address.Port}"
            + $"/accounts/{to}/statement?format=html");

        foreach (var page in new[] { stranger.CrossSite, stranger.SameSite })
        {
            foreach (var change in changes)
                await AttackAsync(browser, page, change);
        }

        (await payee.BalanceAsync(to)).ShouldBe(60m);
        (await payee.Http.GetFromJsonAsync<JsonElement>($"/holds/{hold}"))
            .GetProperty("status").GetString().ShouldBe("held");
        (await payee.Http.GetFromJsonAsync<JsonElement[]>("/accounts/"))!.Length.ShouldBe(1);

        // The browser is signed in indeed: the bank's own page and the named origin change what they want.
        await Eventually.TrueAsync(
            async () => (await payee.Http.GetAsync("/docs")).IsSuccessStatusCode, "the page is made");
        await browser.OpenAsync($"{address}/docs");
        (await browser.EvaluateAsync("fetch('/accounts/', { method: 'POST' }).then(sent => sent.status)"))
            .ShouldBe("201");
        await browser.OpenAsync(friend.SameSite);
        (await browser.EvaluateAsync(Transfer(address, payee, to, from))).ShouldBe("201 /transactions/");
        (await payee.BalanceAsync(to)).ShouldBe(59m);
    }

    /// <summary>Sends a change in each way in which a page can without the other side's consent.</summary>
    static async Task AttackAsync(Browser browser, string page, string change)
    {
        await browser.OpenAsync(page);
        await browser.EvaluateAsync(
            $"fetch('{change}', {{ method: 'POST', mode: 'no-cors', credentials: 'include' }})"
            + ".then(() => 0)");
        await browser.EvaluateAsync($"navigator.sendBeacon('{change}')");
        await browser.EvaluateAsync(
            $"navigator.sendBeacon('{change}', new Blob(['{{}}'], {{ type: 'text/plain' }}))");
        (await browser.EvaluateAsync(
            $"fetch('{change}', {{ method: 'POST', credentials: 'include', body: '{{}}', "
            + "headers: { 'Content-Type': 'application/json' } }).then(() => 'sent', () => 'blocked')"))
            .ShouldBe("blocked");
        await browser.LeaveAsync(
            "document.body.innerHTML = '<form method=post></form>';"
            + $"document.forms[0].action = '{change}'; document.forms[0].submit()");
        (await browser.EvaluateAsync("document.body.innerText")).ShouldContain("cross_site_request");
    }

    /// <summary>A transfer by a page that signs in itself, with a preflight.</summary>
    static string Transfer(string address, Customer customer, long from, long to) =>
        $$"""
        fetch('{{address}}/transactions/transfer', {
          method: 'POST',
          body: JSON.stringify({ from: {{from}}, to: {{to}}, amount: 1 }),
          headers: {
            'Content-Type': 'application/json', 'Idempotency-Key': 'a-key',
            'Authorization': '{{customer.Http.DefaultRequestHeaders.Authorization}}',
          },
        }).then(sent => sent.status + ' ' + sent.headers.get('Location').slice(0, 14))
        """;
}
