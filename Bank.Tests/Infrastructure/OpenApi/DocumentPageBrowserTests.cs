using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>The page of the document in a real browser.</summary>
[Trait("Speed", "Slow")]
public sealed class DocumentPageBrowserTests(BankServer bank)
{
    /// <summary>Finds operations on the page, which is made after it has loaded.</summary>
    const string Tools =
        """
        until = async find => {
          for (let found; ; await new Promise(next => setTimeout(next, 50)))
            if ((found = find())) return found;
        };
        open = async path => {
          const block = await until(
            () => document.querySelector(`[data-path="${path}"]`)?.closest('.opblock'));
          if (!block.classList.contains('is-open')) block.querySelector('.opblock-summary-control').click();
          await until(() => block.querySelector('.responses-wrapper'));
          return block;
        };
        type = (input, text) => {
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, text);
          input.dispatchEvent(new Event('input', { bubbles: true }));
        };
        ''
        """;

    /// <summary>
    /// The status that "Execute" shows. A dialog of the browser would keep it from showing one.
    /// </summary>
    const string Execute =
        """
        (async () => {
          const block = await open('/auth/me');
          block.querySelector('.btn-clear')?.click();
          block.querySelector('.try-out__btn:not(.cancel)')?.click();
          (await until(() => block.querySelector('.execute'))).click();
          return (await until(() => block.querySelector('.live-responses-table tbody .response-col_status')))
            .innerText.slice(0, 3);
        })()
        """;

    const string WrongCredentials =
        """
        (async () => {
          document.querySelector('.auth-wrapper .authorize').click();
          type(await until(() => document.querySelector('.modal-ux [name=username]')), 'nobody');
          type(document.querySelector('.modal-ux [name=password]'), 'a wrong password');
          document.querySelector('.modal-ux .auth.authorize').click();
          document.querySelector('.modal-ux .btn-done').click();
          return '';
        })()
        """;

    const string Stream =
        """
        (async () => {
          const block = await open('/transactions/account/{id}/live');
          const button = !!block.querySelector('.try-out__btn');
          return [button, block.querySelector('.stream code').innerText].join();
        })()
        """;

    [Fact]
    public async Task Page_shows_a_refused_sign_in_without_a_dialog()
    {
        await using var browser = await OpenAsync();

        (await browser.EvaluateAsync(Execute)).ShouldBe("401");
        await browser.EvaluateAsync(WrongCredentials);
        (await browser.EvaluateAsync(Execute)).ShouldBe("401");
    }

    [Fact]
    public async Task Page_shows_how_to_watch_a_stream_instead_of_trying_it()
    {
        await using var browser = await OpenAsync();

        (await browser.EvaluateAsync(Stream)).ShouldStartWith("false,curl -N -u USERNAME http://");
    }

    async Task<Browser> OpenAsync()
    {
        var browser = await Browser.StartAsync();
        using var http = HttpVersions.CreateClient(bank.Address);
        await Eventually.TrueAsync(
            async () => (await http.GetAsync("/openapi.json")).IsSuccessStatusCode, "the document is made");
        await browser.OpenAsync($"http://localhost:{HttpVersions.Http1Of(bank.Address).Port}/docs");
        await browser.EvaluateAsync(Tools);

        return browser;
    }
}
