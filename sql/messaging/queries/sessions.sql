-- Whether this role may do with the tables what a service does; fails when they are missing.
-- name: MayWrite :one
SELECT (
    has_table_privilege('outbox', 'SELECT')
    AND has_table_privilege('outbox', 'INSERT')
    AND has_table_privilege('outbox', 'DELETE')
    AND has_table_privilege('parked_events', 'INSERT')
    AND has_table_privilege('inbox', 'INSERT')
    AND has_table_privilege('bucket_publishers', 'INSERT')
    AND has_table_privilege('outbox_low_watermarks', 'INSERT')
    AND has_table_privilege('idempotency_keys', 'UPDATE')
)::boolean AS may_write;

-- Frees the session's prepared statements, those too that the client has forgotten.
-- name: ForgetStatements :exec
-- @sqlc-vet-disable
DEALLOCATE ALL;
