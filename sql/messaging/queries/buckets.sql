-- Locks of the outbox's own class, by bucket. The session that holds one is the only publisher of its bucket.

-- Announces a relay for as long as its session lives.
-- name: AnnounceRelay :exec
SELECT pg_advisory_lock_shared('outbox'::regclass::oid::integer, @presence::integer);

-- Every announced relay and every owned bucket, each with whether it is this session's.
-- name: ListOwners :many
SELECT objid::bigint::integer AS bucket, (pid = pg_backend_pid())::boolean AS is_mine
FROM pg_catalog.pg_locks
WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND classid = 'outbox'::regclass
  AND objsubid = 2
  AND granted;

-- Takes those of the buckets that are free.
-- name: OwnBuckets :many
SELECT bucket::integer AS bucket
FROM unnest(@buckets::integer[]) AS bucket
WHERE pg_try_advisory_lock('outbox'::regclass::oid::integer, bucket);

-- name: DisownBuckets :exec
SELECT pg_advisory_unlock('outbox'::regclass::oid::integer, bucket)
FROM unnest(@buckets::integer[]) AS bucket;
