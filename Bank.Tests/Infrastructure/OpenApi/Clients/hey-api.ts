// Replays the story of the examples with the client of @hey-api/openapi-ts.
import assert from "node:assert/strict";
import { client } from "./hey-client/client.gen";
import {
  createKey, createWebhook, deleteWebhook, deposit, getHistory, getMe, getStatement, listAccounts, listWebhooks, openAccount,
  registerUser, replayWebhook, rotateSecret, transfer,
} from "./hey-client";
import type { Transaction, Problem } from "./hey-client";

const [baseUrl = "", username = ""] = process.argv.slice(2);
const password = "correct horse battery staple";
client.setConfig({ baseUrl, auth: `${username}:${password}` });

async function main() {
  const registered = await registerUser({ body: { username, password } });
  assert.equal(registered.data?.username, username);

  const from = (await openAccount({ throwOnError: true })).data.id;
  const to = (await openAccount({ throwOnError: true })).data.id;
  assert.deepEqual((await listAccounts()).data?.map(account => account.id), [to, from]);

  const paidIn = await deposit({ body: { account_id: from, amount: "1000.00" } });
  assert.equal(paidIn.data?.balance, 1000);

  const headers = { "Idempotency-Key": "rent-2026-01" };
  const body = { from, to, amount: 10.5 };
  const moved = await transfer({ headers, body });
  const again = await transfer({ headers, body });
  assert.equal(moved.data?.balance, 989.5);
  assert.deepEqual(again.data, moved.data);

  const refused = await transfer({ body: { from, to, amount: 1000 } });
  const code: Problem["code"] | undefined = refused.error?.code;
  assert.equal(code, "insufficient_funds");

  const history: Transaction[] = [];
  let cursor: string | undefined;
  do {
    const page = await getHistory({ path: { id: from }, query: { limit: 1, order: "asc", cursor } });
    history.push(...page.data!);
    cursor = page.response?.headers.get("Next-Cursor") ?? undefined;
  } while (cursor);

  assert.deepEqual(history.map(item => item.sequence), [1, 2]);
  assert.equal(history[1]?.id, moved.data?.id);

  const statement = (await getStatement({ path: { id: from } })).data;
  assert.equal(statement?.closing_balance, 989.5);
  assert.deepEqual(statement?.transactions, history);
  const csv = (await getStatement({ path: { id: from }, query: { format: "csv" } })).data;
  assert.match(String(csv), /^entry,sequence,/);

  const url = "https://ledger.example/";
  const webhook = (await createWebhook({ path: { id: from }, body: { url }, throwOnError: true })).data;
  assert.match(webhook.secret, /^whsec_/);
  assert.equal((await replayWebhook({ path: { id: webhook.id }, body: { after: 0 } })).data?.sequence, 0);
  assert.deepEqual((await listWebhooks({ path: { id: from } })).data?.map(one => one.id), [webhook.id]);
  assert.notEqual((await rotateSecret({ path: { id: webhook.id } })).data?.secret, webhook.secret);
  assert.equal((await deleteWebhook({ path: { id: webhook.id } })).response?.status, 204);

  const key = (await createKey({ body: { name: "nightly export", scope: "read" }, throwOnError: true })).data.key;
  client.setConfig({ baseUrl, auth: `${username}:${key}` });
  assert.equal((await getMe()).data?.username, username);
  assert.equal((await openAccount()).error?.code, "key_is_read_only");
}

main();
