-- Advisory locks in the class of the table outbox. The session that holds the lock of a bucket is its only publisher.

-- Announces a relay for as long as its session lives, by a lock whose number no bucket has.
-- name: AnnounceRelay :exec
SELECT pg_advisory_lock_shared('outbox'::regclass::oid::integer, 2147483647);

-- The sessions of all announced relays, in an order that all relays compute alike.
-- name: ListRelays :many
SELECT pid::integer AS pid, (pid = pg_backend_pid())::boolean AS is_me
FROM pg_catalog.pg_locks
WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND classid = 'outbox'::regclass
  AND objid = 2147483647
  AND objsubid = 2
  AND granted
ORDER BY pid;

-- Locks those of the buckets that are free, and returns them.
-- name: AcquireBuckets :many
SELECT bucket::integer AS bucket
FROM unnest(@buckets::integer[]) AS bucket
WHERE pg_try_advisory_lock('outbox'::regclass::oid::integer, bucket);

-- name: ReleaseBuckets :exec
SELECT pg_advisory_unlock('outbox'::regclass::oid::integer, bucket)
FROM unnest(@buckets::integer[]) AS bucket;
