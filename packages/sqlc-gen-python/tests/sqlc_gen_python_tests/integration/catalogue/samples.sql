-- name: AddSample :one
INSERT INTO samples (
    a_bool, a_smallint, an_int, a_bigint, a_real, a_double, a_numeric, a_money, a_text, a_varchar, a_char,
    bytes, a_date, a_time, a_timetz, a_timestamp, an_instant, an_interval, uuid, a_json, a_jsonb, an_inet,
    a_cidr, a_macaddr, a_mood, an_address, an_email, a_positive, a_range, a_span, a_multi, a_floats
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32
)
RETURNING *;

-- name: GetSample :one
SELECT * FROM samples WHERE id = $1;

-- name: AddLists :one
INSERT INTO lists (id, ints, grid, texts, uuids, instants, jsons, moods, addresses, emails, ranges, amounts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
RETURNING *;

-- name: SamplesByMood :many
SELECT id, a_mood FROM samples WHERE a_mood = ANY (@moods::mood[]) ORDER BY id;

-- name: AddResident :exec
INSERT INTO residents (id, who, mood) VALUES ($1, $2, $3);

-- name: GetResident :one
SELECT id, who, mood FROM residents WHERE id = $1;

-- name: AddOther :exec
INSERT INTO other.samples (id, a_mood, str) VALUES ($1, $2, $3);

-- name: GetOther :one
SELECT * FROM other.samples WHERE id = $1;

-- name: AddUnmapped :exec
INSERT INTO unmapped (id, place) VALUES ($1, $2);

-- name: GetUnmapped :one
SELECT * FROM unmapped WHERE id = $1;
