-- Takes the transaction's snapshot.
-- name: TakeSnapshot :one
SELECT now()::timestamptz AS now;

-- The decisions after an order, for the audit.
-- name: PageOfDecisions :many
SELECT order_id, user_id, amount, outcome, transaction_id, decided_at
FROM payment_decisions
WHERE order_id > @after
ORDER BY order_id
LIMIT @page_size;

-- The debits after one of an order, for the audit. It does not count on the index that allows one debit per order.
-- name: PageOfDebits :many
SELECT
    coalesce(transactions.reference_order_id, '00000000-0000-0000-0000-000000000000')::uuid AS order_id, transactions.id, accounts.user_id, transactions.amount,
    transactions.created_at
FROM transactions
JOIN accounts ON accounts.id = transactions.account_id
WHERE transactions.type = 'DEBIT'
  AND (transactions.reference_order_id, transactions.id) > (@after_order::uuid, @after::uuid)
ORDER BY transactions.reference_order_id, transactions.id
LIMIT @page_size;

-- The accounts after an id, each with what its log says, for the audit: the sum of the log, its newest `balance_after`, how
-- many of its entries don't continue the one before, and how many are out of range.
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
            CASE transactions.type WHEN 'CREDIT' THEN transactions.amount ELSE -transactions.amount END AS change
        FROM transactions
        WHERE transactions.account_id = account.id
    ) AS signed
    WINDOW log AS (ORDER BY signed.created_at, signed.id)
) AS entry ON TRUE
GROUP BY account.id, account.user_id, account.balance
ORDER BY account.id;
