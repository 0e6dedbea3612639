-- Stores an order with the status NEW.
-- @batch
-- name: CreateOrder :exec
INSERT INTO orders (id, user_id, amount, description, status, created_at, updated_at)
VALUES (@id, @user_id, @amount, @description, 'NEW', @created_at, @created_at);

-- Returns the order with an id.
-- @batch
-- name: GetOrder :one
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE id = @id;

-- Cancels an order that is NEW, as its user wants, and returns it.
-- Returns no row if the order has ended or doesn't exist.
-- name: CancelOrder :one
UPDATE orders
SET status = 'CANCELED', cancel_reason = 'CANCELED_BY_USER', updated_at = @canceled_at
WHERE id = @id AND status = 'NEW'
RETURNING id, user_id, amount, description, status, cancel_reason, created_at, updated_at;

-- Returns a page of a user's orders, newest first: those before the position (before_created_at, before_id).
-- name: ListOrders :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE user_id = @user_id
  AND (created_at, id) < (@before_created_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT @page_size;

-- Like ListOrders, but only the orders with a status.
-- name: ListOrdersByStatus :many
SELECT id, user_id, amount, description, status, cancel_reason, created_at, updated_at
FROM orders
WHERE user_id = @user_id
  AND status = @status
  AND (created_at, id) < (@before_created_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT @page_size;

-- Ends an order that is NEW. Returns the state of the order afterwards, or no row if the order doesn't exist.
-- An order that has already ended is updated to the values that it has: the UPDATE waits for a transaction that is
-- ending the order at the same time, so RETURNING returns the values that this transaction stored.
-- name: EndOrder :batchone
UPDATE orders
SET status = CASE WHEN status = 'NEW' THEN @status ELSE status END,
    cancel_reason = CASE WHEN status = 'NEW' THEN @cancel_reason ELSE cancel_reason END,
    updated_at = CASE WHEN status = 'NEW' THEN @ended_at ELSE updated_at END
WHERE id = @id
RETURNING user_id, status, cancel_reason;
