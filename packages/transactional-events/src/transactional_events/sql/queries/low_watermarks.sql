-- The newest id of the outbox that was assigned, committed or not; 0 if there is none.
-- name: LastOutboxId :one
SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass), 0)::bigint AS id;

-- The transactions that hold the lock of an INSERT into the outbox. A transaction takes it before its first id, and
-- releases it after its rows are visible.
-- name: ListOutboxWriters :many
SELECT virtualtransaction
FROM pg_catalog.pg_locks
WHERE locktype = 'relation'
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND relation = 'outbox'::regclass
  AND mode = 'RowExclusiveLock'
  AND granted;

-- The saved low watermarks of some buckets; no row for a bucket without one.
-- name: ReadLowWatermarks :many
SELECT bucket, id
FROM outbox_low_watermarks
WHERE bucket = ANY(@buckets::integer[]);

-- name: SaveLowWatermarks :exec
INSERT INTO outbox_low_watermarks (bucket, id)
SELECT unnest(@buckets::integer[]), unnest(@ids::bigint[])
ON CONFLICT (bucket) DO UPDATE SET id = excluded.id;

-- The oldest event of some buckets, each within the next `count` ids: reads no more index entries than that.
-- name: ListFirstWaiting :many
SELECT oldest.bucket, oldest.id
FROM (SELECT unnest(@buckets::integer[]) AS bucket, unnest(@after::bigint[]) AS after) AS owned
CROSS JOIN LATERAL (
    SELECT waiting.bucket, waiting.id
    FROM outbox AS waiting
    WHERE waiting.bucket = owned.bucket AND waiting.id > owned.after AND waiting.id <= owned.after + @count::bigint
    ORDER BY waiting.id
    LIMIT 1
) AS oldest;
