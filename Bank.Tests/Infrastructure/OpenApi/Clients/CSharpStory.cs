using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Bank.Features.Deposits;
using Bank.Features.History;
using Bank.Features.Transfers;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

// Replays the story of the examples with the NSwag client. The test compiles it together with that client,
// in a namespace of its own.

namespace GeneratedBank;

public static class CSharpStory
{
    const string Password = "correct horse battery staple";

    public static async Task TellAsync(string address, string username)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var bank = new BankClient(http);

        var registered = await bank.RegisterUserAsync(new() { Username = username, Password = Password });
        Same(username, registered.Result.Username);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{Password}")));

        var from = (await bank.OpenAccountAsync()).Result.Id;
        var to = (await bank.OpenAccountAsync()).Result.Id;
        Same(
            $"{to} {from}",
            string.Join(' ', (await bank.ListAccountsAsync()).Result.Select(account => account.Id)));

        var named = await bank.UpdateAccountAsync(from, new UpdateAccountRequest { Name = "Rent" });
        Same("Rent", named.Result.Name);

        var deposit = await bank.DepositAsync(new DepositRequest { Account_id = from, Amount = 1000.00m });
        Same(1000.00m, deposit.Result.Balance);

        var rent = new TransferRequest { From = from, To = to, Amount = 10.50m };
        var transfer = await bank.TransferAsync(rent, idempotency_Key: "rent-2026-01");
        var again = await bank.TransferAsync(rent, idempotency_Key: "rent-2026-01");
        Same(989.50m, transfer.Result.Balance);
        Same(transfer.Result.Id, again.Result.Id);
        Same("true", again.Headers["Idempotent-Replayed"].Single());

        try
        {
            await bank.TransferAsync(new TransferRequest { From = from, To = to, Amount = 1000 });
            throw new InvalidOperationException("The transfer was not refused.");
        }
        catch (ApiException<Problem> refused)
        {
            Same(ProblemCode.Insufficient_funds, refused.Result.Code);
        }

        var history = new List<Transaction>();
        string? cursor = null;

        do
        {
            var page = await bank.GetHistoryAsync(from, limit: 1, cursor: cursor, order: Order.Asc);
            history.AddRange(page.Result);
            cursor = page.Headers.TryGetValue("Next-Cursor", out var next) ? next.Single() : null;
        }
        while (cursor is not null);

        Same("1 2", string.Join(' ', history.Select(item => item.Sequence)));
        Same(transfer.Result.Id, history[1].Id);

        var found = (await bank.GetHistoryAsync(from, counterparty: to, max_amount: 10.50m)).Result;
        Same(transfer.Result.Id, found.Single().Id);

        var statement = (await bank.GetStatementAsync(from)).Result;
        Same(989.50m, statement.Closing_balance);
        Same(transfer.Result.Id, statement.Transactions.Last().Id);

        var webhook = (await bank.CreateWebhookAsync(from, new() { Url = "https://ledger.example/" })).Result;
        Same("whsec_", webhook.Secret[..6]);
        Same(0L, (await bank.ReplayWebhookAsync(webhook.Id, new() { After = 0 })).Result.Sequence);
        Same(webhook.Id, (await bank.ListWebhooksAsync(from)).Result.Single().Id);
        Same(webhook.Id, (await bank.RotateSecretAsync(webhook.Id)).Result.Id);
        await bank.DeleteWebhookAsync(webhook.Id);

        var key = (await bank.CreateKeyAsync(new() { Name = "nightly export" })).Result;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
        Same(username, (await bank.GetMeAsync()).Result.Username);
    }

    static void Same<T>(T expected, T actual)
    {
        if (!Equals(expected, actual))
            throw new InvalidOperationException($"{actual} is not {expected}.");
    }
}
