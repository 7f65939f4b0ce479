// Replays the story of the examples with openapi-fetch and the types of openapi-typescript.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Item = components["schemas"]["Transaction"];

const [baseUrl = "", username = ""] = process.argv.slice(2);
const password = "correct horse battery staple";
const headers = { Authorization: `Basic ${btoa(`${username}:${password}`)}` };
const bank = createClient<paths>({ baseUrl, headers });

async function main() {
  const registered = await bank.POST("/auth/register", { body: { username, password } });
  assert.equal(registered.data?.username, username);

  const from = (await bank.POST("/accounts")).data!.id;
  const to = (await bank.POST("/accounts")).data!.id;
  assert.deepEqual((await bank.GET("/accounts")).data?.map(account => account.id), [to, from]);

  const named = await bank.PATCH("/accounts/{id}", { params: { path: { id: from } }, body: { name: "Rent" } });
  assert.equal(named.data?.name, "Rent");
  const unnamed = await bank.PATCH("/accounts/{id}", { params: { path: { id: from } }, body: { name: null } });
  assert.equal(unnamed.data?.name, undefined);

  const deposit = await bank.POST("/transactions/deposit", { body: { account_id: from, amount: "1000.00" } });
  assert.equal(deposit.data?.balance, 1000);

  const key = { header: { "Idempotency-Key": "rent-2026-01" } };
  const body = { from, to, amount: 10.5 };
  const transfer = await bank.POST("/transactions/transfer", { params: key, body });
  const again = await bank.POST("/transactions/transfer", { params: key, body });
  assert.equal(transfer.data?.balance, 989.5);
  assert.deepEqual(again.data, transfer.data);
  assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");

  const refused = await bank.POST("/transactions/transfer", { body: { from, to, amount: 1000 } });
  assert.equal(refused.error?.code, "insufficient_funds");

  const history: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await bank.GET("/transactions/account/{id}", {
      params: { path: { id: from }, query: { limit: 1, order: "asc", cursor } },
    });
    history.push(...page.data!);
    cursor = page.response.headers.get("Next-Cursor") ?? undefined;
  } while (cursor);

  assert.deepEqual(history.map(item => item.sequence), [1, 2]);
  assert.equal(history[1]?.id, transfer.data?.id);

  const found = await bank.GET("/transactions/account/{id}", {
    params: { path: { id: from }, query: { counterparty: to, max_amount: 10.5 } },
  });
  assert.deepEqual(found.data, history.slice(1));

  const path = { id: from };
  const statement = (await bank.GET("/accounts/{id}/statement", { params: { path } })).data;
  assert.ok(typeof statement === "object");
  assert.equal(statement.closing_balance, 989.5);
  assert.deepEqual(statement.transactions, history);
  const query = { format: "csv" as const };
  const csv = await bank.GET("/accounts/{id}/statement", { params: { path, query }, parseAs: "text" });
  assert.match(csv.data as string, /^entry,sequence,/);

  const receiver = { params: { path }, body: { url: "https://ledger.example/" } };
  const webhook = (await bank.POST("/accounts/{id}/webhooks", receiver)).data;
  assert.match(webhook!.secret, /^whsec_/);
  const ofWebhook = { params: { path: { id: webhook!.id } } };
  const replayed = await bank.POST("/webhooks/{id}/replay", { ...ofWebhook, body: { after: 0 } });
  assert.equal(replayed.data?.sequence, 0);
  const listed = await bank.GET("/accounts/{id}/webhooks", { params: { path } });
  assert.deepEqual(listed.data?.map(one => one.id), [webhook!.id]);
  assert.notEqual((await bank.POST("/webhooks/{id}/secret", ofWebhook)).data?.secret, webhook!.secret);
  assert.equal((await bank.DELETE("/webhooks/{id}", ofWebhook)).response.status, 204);

  const made = await bank.POST("/auth/keys", { body: { name: "nightly export", scope: "read" } });
  const withKey = { headers: { Authorization: `Bearer ${made.data?.key}` } };
  assert.equal((await bank.GET("/auth/me", withKey)).data?.username, username);
  assert.equal((await bank.POST("/accounts", withKey)).error?.code, "key_is_read_only");
}

main();
