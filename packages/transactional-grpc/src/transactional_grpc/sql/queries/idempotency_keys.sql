-- name: ClaimKey :execrows
-- Claims a key for the transaction; returns 0 if the key exists. Waits while another transaction holds the key.
INSERT INTO idempotency_keys (method, scope, key, fingerprint, created_at)
VALUES (@method, @scope, @key, @fingerprint, @created_at)
ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO NOTHING;

-- name: StoreResponse :exec
-- Stores the response with the key that this transaction claimed.
UPDATE idempotency_keys
SET response = @response
WHERE method = @method AND scope = @scope AND key = @key;

-- name: GetResponse :one
SELECT fingerprint, response
FROM idempotency_keys
WHERE method = @method AND scope = @scope AND key = @key;

-- name: PurgeKeys :one
-- Deletes some of the keys that are older than the retention, as PurgeInbox does.
WITH deleted AS (
    DELETE FROM idempotency_keys
    WHERE ctid = ANY(ARRAY(
        SELECT old.ctid
        FROM idempotency_keys AS old
        WHERE old.created_at >= @after::timestamptz AND old.created_at < @before::timestamptz
        ORDER BY old.created_at
        LIMIT @batch_size
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING created_at
)
SELECT count(*) AS row_count, coalesce(max(created_at), @after)::timestamptz AS reached
FROM deleted;
