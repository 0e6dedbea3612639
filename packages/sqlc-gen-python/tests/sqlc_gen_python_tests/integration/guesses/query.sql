-- name: Prices :one
SELECT sum(price) FROM things;

-- name: Price :many
SELECT price FROM (SELECT sum(price) AS price FROM things) AS things;

-- name: Amounts :one
SELECT sum(amount) FROM things;

-- name: Heaviest :one
SELECT abs(weight) AS weight FROM things WHERE id = 1;

-- name: Mixed :many
SELECT amount FROM things UNION ALL SELECT weight FROM others;

-- name: Coalesced :one
SELECT coalesce(amount, weight) AS amount FROM things WHERE id = 1;

-- name: FromView :many
SELECT id, price, amount FROM sums;

-- name: Half :one
SELECT amount * 0.5 AS half FROM things WHERE id = 1;

-- name: Integers :many
SELECT id, amount FROM things;
