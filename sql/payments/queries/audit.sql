-- Takes the snapshot of the transaction, and returns the time at its start.
-- name: TakeSnapshot :one
SELECT now()::timestamptz AS now;

-- Returns a page of all decisions by order id, for the audit.
-- name: PageOfDecisions :many
SELECT order_id, user_id, amount, outcome, transaction_id, decided_at, refund_id
FROM payment_decisions
WHERE order_id > @after
ORDER BY order_id
LIMIT @page_size;

-- Returns a page of all debits by order id, for the audit. An order may have several: the audit doesn't rely on the
-- unique index transactions_one_debit_per_order.
-- name: PageOfDebits :many
SELECT
    coalesce(transactions.reference_order_id, '00000000-0000-0000-0000-000000000000')::uuid AS order_id,
    transactions.id, accounts.user_id, transactions.amount, transactions.created_at
FROM transactions
JOIN accounts ON accounts.id = transactions.account_id
WHERE transactions.type = 'DEBIT'
  AND (transactions.reference_order_id, transactions.id) > (@after_order::uuid, @after::uuid)
ORDER BY transactions.reference_order_id, transactions.id
LIMIT @page_size;

-- Like PageOfDebits, but the refunds. Each type has a unique index of its own, in which a page is found.
-- name: PageOfRefunds :many
SELECT
    coalesce(transactions.reference_order_id, '00000000-0000-0000-0000-000000000000')::uuid AS order_id,
    transactions.id, accounts.user_id, transactions.amount
FROM transactions
JOIN accounts ON accounts.id = transactions.account_id
WHERE transactions.type = 'REFUND'
  AND (transactions.reference_order_id, transactions.id) > (@after_order::uuid, @after::uuid)
ORDER BY transactions.reference_order_id, transactions.id
LIMIT @page_size;

-- Returns a page of all accounts by id, with the summary of each account's transactions, for the audit: their sum, the
-- newest `balance_after`, how many don't continue the previous `balance_after`, and how many have a balance out of
-- range.
-- name: PageOfAccounts :many
SELECT
    account.id, account.user_id, account.balance,
    coalesce(sum(entry.change), 0)::numeric AS total,
    coalesce(sum(entry.balance_after) FILTER (WHERE entry.is_newest), 0)::numeric AS newest_balance_after,
    count(*) FILTER (WHERE entry.balance_after <> entry.balance_before + entry.change) AS broken_links,
    count(*) FILTER (WHERE entry.balance_after NOT BETWEEN 0 AND 9007199254740991) AS out_of_range
FROM (
    SELECT accounts.id, accounts.user_id, accounts.balance
    FROM accounts
    WHERE accounts.id > @after
    ORDER BY accounts.id
    LIMIT @page_size
) AS account
LEFT JOIN LATERAL (
    SELECT
        signed.change,
        signed.balance_after,
        coalesce(lag(signed.balance_after) OVER log, 0) AS balance_before,
        lead(signed.balance_after) OVER log IS NULL AS is_newest
    FROM (
        SELECT
            transactions.id, transactions.created_at, transactions.balance_after,
            CASE transactions.type WHEN 'DEBIT' THEN -transactions.amount ELSE transactions.amount END AS change
        FROM transactions
        WHERE transactions.account_id = account.id
    ) AS signed
    WINDOW log AS (ORDER BY signed.created_at, signed.id)
) AS entry ON TRUE
GROUP BY account.id, account.user_id, account.balance
ORDER BY account.id;
