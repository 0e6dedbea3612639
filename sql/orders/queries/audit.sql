-- Takes the transaction's snapshot.
-- name: TakeSnapshot :one
SELECT now()::timestamptz AS now;

-- The orders after an id, for the audit.
-- name: PageOfOrders :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id > @after
ORDER BY id
LIMIT @page_size;

-- Some orders, for the audit's second look.
-- name: ListOrdersById :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id = ANY(@ids::uuid[])
ORDER BY id;
