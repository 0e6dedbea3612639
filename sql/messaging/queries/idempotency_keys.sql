-- name: ClaimKey :execrows
-- Claims a key for the transaction; answers 0 when it is taken. Waits while another transaction holds it.
INSERT INTO idempotency_keys (method, scope, key, fingerprint, created_at)
VALUES (@method, @scope, @key, @fingerprint, @created_at)
ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO NOTHING;

-- name: StoreResponse :exec
-- Stores the answer with the key that this transaction claimed.
UPDATE idempotency_keys
SET response = @response
WHERE method = @method AND scope = @scope AND key = @key;

-- name: GetResponse :one
SELECT fingerprint, response
FROM idempotency_keys
WHERE method = @method AND scope = @scope AND key = @key;

-- name: PurgeKeys :execrows
-- Deletes some of the keys that are older than the retention.
DELETE FROM idempotency_keys
WHERE ctid IN (
    SELECT ctid FROM idempotency_keys
    WHERE created_at < @before::timestamptz
    ORDER BY created_at
    LIMIT @batch_size
    FOR UPDATE SKIP LOCKED
);
