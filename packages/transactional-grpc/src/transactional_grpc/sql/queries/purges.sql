-- Makes queries of this transaction read rows in the order of an index. Otherwise the planner, which expects few old
-- rows, would collect and sort all of them for each batch.
-- name: ReadInOrder :exec
SELECT
    set_config('enable_seqscan', 'off', TRUE),
    set_config('enable_bitmapscan', 'off', TRUE);
