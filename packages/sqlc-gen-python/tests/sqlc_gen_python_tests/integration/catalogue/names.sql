-- name: list :many
SELECT id, name, nick FROM people;

-- name: models :one
SELECT id, name, nick FROM people WHERE id = $1;

-- name: uuid :one
SELECT @id::uuid;

-- name: FindAll :batchmany
SELECT id, name, nick FROM people WHERE id = $1;

-- name: int :execrows
DELETE FROM people;
