-- Has the transaction that it runs in read rows in an index's order, from where a query begins. For the few old rows that
-- the planner expects it would collect and sort all there are, for each batch anew.
-- name: ReadInOrder :exec
SELECT
    set_config('enable_seqscan', 'off', TRUE),
    set_config('enable_bitmapscan', 'off', TRUE);
