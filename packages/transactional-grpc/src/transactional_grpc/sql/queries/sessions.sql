-- Returns whether this role has the rights on the tables that a service needs; fails when a table is missing.
-- name: MayWrite :one
SELECT (
    has_table_privilege('idempotency_keys', 'UPDATE')
)::boolean AS may_write;

-- Frees all prepared statements of the session, including those that the client no longer tracks.
-- name: ForgetStatements :exec
-- @sqlc-vet-disable
DEALLOCATE ALL;
