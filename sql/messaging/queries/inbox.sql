-- Stores the events that were not handled before, and answers their ids. Waits for a transaction that
-- is handling one of them; in the order of the ids, so that two of these never wait for each other.
-- name: AddToInbox :many
INSERT INTO inbox (event_id, topic, received_at)
SELECT unnest(@event_ids::uuid[]) AS event_id, unnest(@topics::text[]), @received_at
ORDER BY event_id
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id;

-- Deletes some rows older than the retention.
-- name: PurgeInbox :execrows
DELETE FROM inbox
WHERE event_id IN (
    SELECT old.event_id
    FROM inbox AS old
    WHERE old.received_at < @before::timestamptz
    ORDER BY old.received_at
    LIMIT @batch_size
    FOR UPDATE SKIP LOCKED
);
