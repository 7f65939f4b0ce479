using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

public sealed class StatementHtmlTests(BankServer bank)
{
    [Fact]
    public async Task The_HTML_statement_lists_its_transactions_between_balances()
    {
        var (customer, accounts) = await bank.RegisterAsync(1100m, 0m);
        using var withdrawn = await customer.WithdrawAsync(accounts[0], 100m);
        var paid = await customer.PayAsync(accounts[0], accounts[1], 20.5m);
        using var refund = await customer.RefundAsync(paid, 0.5m);
        using var capture = await customer.CaptureAsync(
            await customer.HoldAsync(accounts[0], accounts[1], 80m));

        var page = await PageAsync(customer, accounts[0]);

        Rows(page).ShouldBe([
            "|Opening balance|||0.00",
            "1|Deposit||1,100.00|1,100.00",
            "2|Withdrawal|100.00||1,000.00",
            $"3|To account {accounts[1]}|20.50||979.50",
            $"4|From account {accounts[1]}, refund||0.50|980.00",
            $"5|To account {accounts[1]}, captured hold|80.00||900.00",
            "|Closing balance|||900.00",
        ]);
        Terms(page).ShouldBe([
            ("Opening balance", "0.00"), ("In", "1,100.50"), ("Out", "200.50"), ("Closing balance", "900.00"),
        ]);
    }

    [Fact]
    public async Task The_HTML_statement_allows_only_its_own_inline_style()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/statement?format=html");

        response.Content.Headers.GetValues("Content-Type").ShouldBe(["text/html; charset=utf-8"]);
        var page = await response.Content.ReadAsStringAsync();
        var style = Regex.Match(page, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        response.Headers.GetValues("Content-Security-Policy").ShouldBe([
            $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'",
        ]);
        response.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        response.Headers.GetValues("Cache-Control").ShouldBe(["no-store, no-transform"]);
        page.ShouldNotContain("<script");
        page.ShouldNotContain(" style=");
        Regex.IsMatch(page, @"\b(src|href|on\w+)=").ShouldBeFalse();
    }

    [Theory]
    [InlineData("Rent & more", "Rent &amp; more")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("\" onclick=\"alert(1)", "&quot; onclick=&quot;alert(1)")]
    [InlineData("</span></td></tr></table>", "&lt;/span&gt;&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;")]
    [InlineData("&lt;", "&amp;lt;")]
    [InlineData("שכר דירה", "שכר דירה")]
    [InlineData("Ä 💶", "Ä &#x1F4B6;")]
    public async Task HTML_references_are_escaped_and_keep_their_text_direction(string sent, string written)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.PostAsync(
            "/transactions/deposit",
            JsonSerializer.Serialize(new { account_id = accounts[0], amount = 1, reference = sent }));
        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);

        var page = await PageAsync(customer, accounts[0]);

        page.ShouldContain($"<td><span dir=\"auto\">{written}</span><small>Deposit</small></td>");
    }

    [Fact]
    public async Task An_HTML_statement_without_transactions_is_complete()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        var page = await PageAsync(customer, accounts[0]);

        Rows(page).ShouldBe(["|Opening balance|||0.00", "|Closing balance|||0.00"]);
        page.ShouldContain("<path d=\"M0 100H400\"/>");
    }

    static Task<string> PageAsync(Customer customer, long account) =>
        customer.Http.GetStringAsync($"/accounts/{account}/statement?format=html");

    /// <summary>The visible text of the table rows, without the times.</summary>
    static string[] Rows(string page) =>
    [
        .. Regex.Matches(page, "<tr[^>]*>(.*?)</tr>", RegexOptions.Singleline).Skip(1)
            .Select(row => Regex.Matches(row.Value, "<td>(.*?)</td>", RegexOptions.Singleline)
                .Select(cell => Regex.Replace(cell.Groups[1].Value, "<[^>]*>", "")).ToArray())
            .Select(cells => string.Join('|', [cells[0], .. cells[2..]])),
    ];

    static (string, string)[] Terms(string page) =>
    [
        .. Regex.Matches(page, "<dt>(.*?)</dt><dd>(.*?)</dd>")
            .Select(term => (term.Groups[1].Value, term.Groups[2].Value)).Skip(2),
    ];
}
