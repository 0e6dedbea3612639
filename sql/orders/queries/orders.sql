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

-- Ends an order, unless it has ended before; answers no row when there is no such order.
-- name: EndOrder :batchone
WITH ended AS (
    UPDATE orders
    SET status = @status, cancel_reason = @cancel_reason, updated_at = @ended_at
    WHERE orders.id = @id AND orders.status = 'NEW'
)
SELECT orders.id FROM orders WHERE orders.id = @id;
