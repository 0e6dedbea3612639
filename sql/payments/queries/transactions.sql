-- Returns a page of an account's transactions, newest first: those before the position (before_created_at, before_id).
-- name: ListTransactions :many
SELECT id, account_id, amount, type, reference_order_id, balance_after, created_at
FROM transactions
WHERE account_id = @account_id
  AND (created_at, id) < (@before_created_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT @page_size;
