// Pays an order with the types that openapi-typescript generates: `node story.ts URL USER_ID TOKEN`.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { paths } from "./shop_client.ts";

const MILLISECONDS_MAX = 15_000;
const [baseUrl, user, token] = process.argv.slice(2);
assert(baseUrl && user && token, "usage: node story.ts URL USER_ID TOKEN");
const shop = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const key = { "Idempotency-Key": crypto.randomUUID() };

const { data: account, error } = await shop.POST("/accounts", { body: { user_id: user } });
assert(account, JSON.stringify(error));
console.log("account:", account.id);

const inPath = { path: { user_id: user } };
const topUp = await shop.POST("/accounts/{user_id}/top-ups", { params: inPath, body: { amount: 5000 } });
assert(topUp.data, JSON.stringify(topUp.error));
console.log("top-up:", topUp.data.amount);

const request = { params: { header: key }, body: { user_id: user, amount: 1500, description: "Two books" } };
const { data: order, error: rejected } = await shop.POST("/orders", request);
assert(order, JSON.stringify(rejected));
console.log("order:", order.id);

let paid = order;
for (const end = Date.now() + MILLISECONDS_MAX; paid.status === "NEW" && Date.now() < end; await setTimeout(100)) {
  const found = await shop.GET("/orders/{order_id}", { params: { path: { order_id: order.id } } });
  assert(found.data, JSON.stringify(found.error));
  paid = found.data;
}
assert.equal(paid.status, "FINISHED");
console.log("FINISHED:", paid.updated_at);

const again = await shop.POST("/accounts", { body: { user_id: user } });
assert(again.error, "a second account was created");
const info = again.error.details.find((detail) => detail["@type"] === "type.googleapis.com/google.rpc.ErrorInfo");
assert.equal(info?.reason, "ACCOUNT_ALREADY_EXISTS");
console.log("typed error:", info.reason);

const amounts: number[] = [];
for (let next: string | undefined; next !== ""; ) {
  const query = { page_size: 1, page_token: next };
  const page = await shop.GET("/accounts/{user_id}/transactions", { params: { ...inPath, query } });
  assert(page.data, JSON.stringify(page.error));
  amounts.push(...page.data.transactions.map((transaction) => transaction.amount));
  next = page.data.next_page_token;
}
assert.deepEqual(amounts, [1500, 5000]);
console.log("paging:", amounts);

const repeated = await shop.POST("/orders", request);
assert.deepEqual(repeated.data, order);
console.log("idempotent retry:", order.id);
