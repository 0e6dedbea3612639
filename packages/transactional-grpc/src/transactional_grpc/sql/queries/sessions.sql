-- Returns whether this role has the rights on the tables that a service needs; fails when a table is missing.
-- name: MayWrite :one
SELECT (
    has_table_privilege('idempotency_keys', 'UPDATE')
)::boolean AS may_write;
