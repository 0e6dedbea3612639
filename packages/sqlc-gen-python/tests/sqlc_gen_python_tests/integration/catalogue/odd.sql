-- name: AddRange :one
INSERT INTO ranges (id, "order", fine_moods, floats, grid, mark, span)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING *;

-- name: GridDimensions :one
SELECT array_ndims(grid)::integer FROM ranges WHERE id = $1;

-- name: AddOddOne :one
INSERT INTO odd_ones (id, row_count, __op, _id, "m²", schema, copy) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING *;

-- name: CountRows :execrows
UPDATE odd_ones SET row_count = @row_count, schema = sqlc.narg(schema) WHERE __op = @__op;

-- name: tuple :one
SELECT id, x, 1::integer AS y FROM tuple_rows;

-- name: TupleRows :many
SELECT * FROM tuple_rows;

-- name: DeleteTuples :execresult
DELETE FROM tuple_rows;

-- name: DtsOf :many
SELECT id, day FROM dts WHERE day = $1;

-- name: AddRenewed :one
INSERT INTO renewed (id, part, status, level) VALUES ($1, $2, $3, $4) RETURNING *;

-- name: AddRenamed :one
INSERT INTO moved (id, mark, email, pair, score) VALUES ($1, $2, $3, $4, $5) RETURNING *;
