-- Stores an event that was not handled before. Its batch fails by a unique violation if one of the events was.
-- @batch
-- name: AddNewToInbox :exec
INSERT INTO inbox (event_id, topic, received_at)
VALUES (@event_id, @topic, @received_at);

-- Stores the events that were not handled before, and returns their ids. Waits for a transaction that handles one of
-- them. Rows are inserted in the order of the ids, so that two of these statements never deadlock.
-- name: AddToInbox :many
INSERT INTO inbox (event_id, topic, received_at)
SELECT unnest(@event_ids::uuid[]) AS event_id, unnest(@topics::text[]), @received_at
ORDER BY event_id
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id;

-- Deletes some rows older than the retention, the oldest from `after` on, and returns their number and the newest
-- instant among them.
--
-- The next batch begins there, so that it doesn't visit the rows that this one has deleted.
-- name: PurgeInbox :one
WITH deleted AS (
    DELETE FROM inbox
    WHERE ctid = ANY(ARRAY(
        SELECT old.ctid
        FROM inbox AS old
        WHERE old.received_at >= @after::timestamptz AND old.received_at < @before::timestamptz
        ORDER BY old.received_at
        LIMIT @batch_size
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING received_at
)
SELECT count(*) AS row_count, coalesce(max(received_at), @after)::timestamptz AS reached
FROM deleted;
