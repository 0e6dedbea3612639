-- Returns whether this role has the rights on the tables that a service needs; fails when a table is missing.
-- name: MayWrite :one
SELECT (
    has_table_privilege('outbox', 'SELECT')
    AND has_table_privilege('outbox', 'INSERT')
    AND has_table_privilege('outbox', 'DELETE')
    AND has_table_privilege('parked_events', 'INSERT')
    AND has_table_privilege('inbox', 'INSERT')
    AND has_table_privilege('outbox_low_watermarks', 'INSERT')
)::boolean AS may_write;
