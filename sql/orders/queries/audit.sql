-- Takes the snapshot of the transaction, and returns the time at its start.
-- name: TakeSnapshot :one
SELECT now()::timestamptz AS now;

-- Returns a page of all orders by id, for the audit.
-- name: PageOfOrders :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id > @after
ORDER BY id
LIMIT @page_size;

-- Returns the orders with these ids. The audit reads orders again that were NEW or missing before it read payments.
-- name: ListOrdersById :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id = ANY(@ids::uuid[])
ORDER BY id;
