using System.Security.Cryptography;
using System.Text;

namespace Bank.Features.Statements;

/// <summary>The style of an HTML statement: light and dark, wide and narrow screens, and paper.</summary>
static class StatementStyle
{
    public const string Css =
        """
        :root {
          color-scheme: light dark;
          --text: #1a1d21; --faint: #5b626b; --rule: #d5d9de; --page: #fff;
          --line: #1559b3; --area: #1559b31f;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --text: #e4e7eb; --faint: #9aa3ad; --rule: #363c44; --page: #14171a;
            --line: #77aef5; --area: #77aef52b;
          }
        }
        @page {
          size: A4; margin: 16mm 14mm 18mm;
          @bottom-right { font: 8pt sans-serif; content: counter(page) " / " counter(pages); }
        }
        body {
          margin: 0 auto; padding: 1.5rem 1rem; max-width: 56rem; background: var(--page); color: var(--text);
          font: 0.9375rem/1.45 system-ui, sans-serif;
        }
        h1 { margin: 0 0 1rem; font-size: 1.5rem; }
        dl { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.75rem 1.5rem; }
        dt, small, figure, footer, thead { color: var(--faint); font-size: 0.875em; }
        dl, dd { margin: 0; }
        dd { overflow-wrap: anywhere; }
        dd, td, figure { font-variant-numeric: tabular-nums; }
        figure { margin: 1.5rem 0; }
        figure p { display: flex; justify-content: space-between; gap: 1rem; margin: 0; }
        svg { display: block; overflow: visible; width: 100%; height: 9rem; }
        svg { border: solid var(--rule); border-width: 1px 0; }
        path { fill: var(--area); stroke: none; }
        path + path { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        table { width: 100%; border-collapse: collapse; }
        th, td { padding-block: 0.375rem; padding-inline: 1rem 0; vertical-align: top; }
        th, td { border-bottom: 1px solid var(--rule); }
        th { text-align: start; font-weight: 600; }
        th:first-child, td:first-child { padding-inline-start: 0; }
        th:nth-child(n + 4), td:nth-child(n + 4) { text-align: end; white-space: nowrap; }
        td:nth-child(3) { width: 99%; overflow-wrap: anywhere; }
        td [dir], small { display: block; text-align: left; }
        time, time span { white-space: nowrap; }
        .edge td { font-weight: 600; }
        footer { margin-top: 1.5rem; }
        @media screen and (max-width: 40rem) {
          dl { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          table, tbody { display: block; }
          thead, td:first-child, td:empty { display: none; }
          tr { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; }
          tr { padding-block: 0.5rem; border-bottom: 1px solid var(--rule); }
          td { padding: 0; border: 0; }
          time { white-space: normal; }
          td:nth-child(3), td:nth-child(4), td:nth-child(5) { grid-row: 1; width: auto; }
          td:nth-child(4)::before { content: "\2212"; }
          td:nth-child(2), td:nth-child(6) { grid-row: 2; color: var(--faint); font-size: 0.875em; }
        }
        @media print {
          :root { color-scheme: light; }
          body { padding: 0; max-width: none; font-size: 9pt; }
          th, td { padding-block: 0.15rem; }
          td [dir], small { display: inline; }
          td [dir] + small { margin-inline-start: 0.5em; }
          thead { display: table-header-group; }
          header, figure, tr { break-inside: avoid; }
          tr:nth-last-child(2), figure { break-after: avoid; }
        }
        """;

    /// <summary>
    /// The Content-Security-Policy of the page: this style and nothing else. No scripts, no external
    /// resources and no forms.
    /// </summary>
    public static readonly string Policy =
        "default-src 'none'; "
        + $"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
