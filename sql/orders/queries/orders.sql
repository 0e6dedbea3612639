-- name: CreateOrder :exec
INSERT INTO orders (id, user_id, amount, description, status, created_at, updated_at)
VALUES (@id, @user_id, @amount, @description, 'NEW', @created_at, @created_at);

-- name: GetOrder :one
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id = @id;

-- The first page, or the page after the order at (before_created_at, before_id).
-- name: ListOrders :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE user_id = @user_id
  AND (created_at, id) < (@before_created_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT @page_size;

-- The same, of the orders that stand so.
-- name: ListOrdersByStatus :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE user_id = @user_id
  AND status = @status
  AND (created_at, id) < (@before_created_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT @page_size;

-- Ends an order unless it has ended before. Returns its final state, and no row when there is no such order.
-- An order that has ended is updated to the same values: the UPDATE waits for a transaction that is ending the order, so
-- RETURNING gives what that one has stored.
-- name: EndOrder :batchone
UPDATE orders
SET status = CASE WHEN status = 'NEW' THEN @status ELSE status END,
    cancel_reason = CASE WHEN status = 'NEW' THEN @cancel_reason ELSE cancel_reason END,
    updated_at = CASE WHEN status = 'NEW' THEN @ended_at ELSE updated_at END
WHERE id = @id
RETURNING user_id, status, cancel_reason;
