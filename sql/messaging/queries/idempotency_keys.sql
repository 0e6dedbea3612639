-- Claims a key for the transaction. Waits while another transaction holds the same key;
-- then fails with unique_violation if that one committed.
-- name: ClaimKey :exec
INSERT INTO idempotency_keys (method, scope, key, fingerprint, created_at)
VALUES (@method, @scope, @key, @fingerprint, @created_at);

-- Stores the answer with the key that this transaction claimed.
-- name: StoreResponse :exec
UPDATE idempotency_keys
SET response = @response
WHERE method = @method AND scope = @scope AND key = @key;

-- name: GetResponse :one
SELECT fingerprint, response
FROM idempotency_keys
WHERE method = @method AND scope = @scope AND key = @key;

-- Deletes some keys older than the retention.
-- name: PurgeKeys :execrows
DELETE FROM idempotency_keys
WHERE ctid IN (
    SELECT ctid FROM idempotency_keys
    WHERE created_at < @before::timestamptz
    ORDER BY created_at
    LIMIT @batch_size
    FOR UPDATE SKIP LOCKED
);
