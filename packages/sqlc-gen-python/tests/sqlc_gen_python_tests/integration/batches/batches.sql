-- @batch
-- name: AddSample :exec
INSERT INTO samples (
    id, a_bool, a_smallint, an_int, a_bigint, a_real, a_double, a_numeric, a_price, a_text, a_varchar, bytes, a_date,
    an_instant, a_mood, "order", no_int, no_text, no_bytes, no_date, no_mood, no_uuid
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, -- a comment
    $14, $15, 'it''s $1', $16, $17, $18, $19, $20, $21
);

-- name: GetSample :one
-- Returns a sample.
-- @batch
SELECT * FROM samples WHERE id = $1;

-- name: ListSamples :many
SELECT * FROM samples ORDER BY place;

-- name: AddName :exec
-- @batch
INSERT INTO app.names (name, length) VALUES ($1, length($1));

-- name: GetLength :one
-- @batch
SELECT n.length, n.name FROM app.names AS n WHERE n.length > 0 AND n.name = $1;

-- name: HasName :one
-- @batch
SELECT name FROM app.names WHERE name = $1;

-- name: GetByLength :one
-- @batch
SELECT length, name FROM app.names WHERE length = $1 AND name <> '';

-- name: AddReturned :execresult
-- @batch
INSERT INTO app.names (name, length) VALUES ($1, length($1)) RETURNING length, name;
