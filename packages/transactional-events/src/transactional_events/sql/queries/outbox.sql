-- Stores an event and returns its id.
-- @batch
-- name: AddToOutbox :execresult
INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id)
VALUES (@bucket, @topic, @key, @value, @event_id, @event_type, @occurred_at, @request_id)
RETURNING id;

-- Notifies the relays of all processes that listen.
-- name: WakeRelays :exec
SELECT pg_notify('outbox', '');

-- name: ListenForWakes :exec
-- @sqlc-vet-disable reads-by-index
LISTEN outbox;

-- Deletes the published events of the last batch, and returns the oldest events of some buckets, each bucket's in
-- order: up to a number of rows and about a number of bytes, but at least one. Each bucket is read from its low
-- watermark on, so that no row deleted before it is visited. The SELECT still sees the rows that the DELETE deletes,
-- so it leaves them out.
-- name: DeleteAndReadOutbox :many
WITH deleted AS (
    DELETE FROM outbox
    WHERE ctid = ANY(ARRAY(
        SELECT (
            SELECT waiting.ctid
            FROM outbox AS waiting
            WHERE waiting.bucket = published.bucket AND waiting.id = published.id
        ) AS found
        FROM (
            SELECT unnest(@published_buckets::integer[]) AS bucket, unnest(@published_ids::bigint[]) AS id
        ) AS published
    ))
)
SELECT outbox.bucket, outbox.id, outbox.topic, outbox.key, outbox.value,
    outbox.event_id, outbox.event_type, outbox.occurred_at, outbox.request_id
FROM (SELECT unnest(@buckets::integer[]) AS bucket, unnest(@after::bigint[]) AS after) AS owned
CROSS JOIN LATERAL (
    SELECT
        oldest.*,
        sum(octet_length(oldest.value)) OVER (ORDER BY oldest.id) - octet_length(oldest.value) AS bytes_before
    FROM (
        SELECT *
        FROM outbox AS waiting
        WHERE waiting.bucket = owned.bucket AND waiting.id > owned.after AND waiting.id <> ALL(@published_ids::bigint[])
        ORDER BY waiting.id
        LIMIT @rows_per_bucket
    ) AS oldest
) AS outbox
WHERE outbox.bytes_before < @bytes_per_bucket::bigint
ORDER BY outbox.bucket, outbox.id;

-- Deletes events that the broker has stored.
-- Each is found by a look-up of its own; LIMIT keeps the planner from joining. A join that was planned while the table
-- was empty reads the whole table for each batch once there are dead rows.
-- name: DeleteFromOutbox :exec
DELETE FROM outbox
WHERE ctid = ANY(ARRAY(
    SELECT found.ctid
    FROM (SELECT unnest(@buckets::integer[]) AS bucket, unnest(@ids::bigint[]) AS id) AS published
    CROSS JOIN LATERAL (
        SELECT waiting.ctid
        FROM outbox AS waiting
        WHERE waiting.bucket = published.bucket AND waiting.id = published.id
        LIMIT 1
    ) AS found
));

-- Parks an event that the broker rejects for ever.
-- name: ParkEvent :exec
WITH parked AS (
    DELETE FROM outbox
    WHERE outbox.bucket = @bucket AND outbox.id = @row_id
    RETURNING *
)
INSERT INTO parked_events (
    event_id, bucket, topic, key, value, event_type, occurred_at, request_id, error, parked_at
)
SELECT event_id, bucket, topic, key, value, event_type, occurred_at, request_id, @error, @parked_at
FROM parked;

-- Returns a parked event to the outbox, behind the events of its key that are there now.
-- name: ReplayParkedEvent :execrows
WITH replayed AS (
    DELETE FROM parked_events
    WHERE parked_events.event_id = @event_id
    RETURNING *
)
INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id)
SELECT bucket, topic, key, value, event_id, event_type, occurred_at, request_id
FROM replayed;

-- The oldest parked events; the table is small, so a sequential scan is accepted.
-- name: ListParkedEvents :many
-- @sqlc-vet-disable reads-by-index
SELECT event_id, topic, key, value, event_type, occurred_at, request_id, error, parked_at
FROM parked_events
ORDER BY parked_at, event_id
LIMIT @page_size;
