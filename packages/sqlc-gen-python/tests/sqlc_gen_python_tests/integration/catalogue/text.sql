-- name: Percent :one
-- Percent signs, casts, operators and strings with %s, $9 and :name in them
-- reach the server as they are.
SELECT
    (@word::text LIKE '10\%%' ESCAPE '\')::boolean AS is_ten_percent, -- $7 %s in a comment
    7 % @divisor::integer AS remainder, /* a block /* in a block */ with $8 */
    '%s %(name)s $9 :name "quoted" '' back\slash'::text AS literal,
    $body$ $1 dollar "quoted" % $body$::text AS dollar,
    E'tab\there'::text AS escaped;

-- name: Trailing :one
SELECT 'blanks   
end'::text AS blanks;

-- name: Triple :one
SELECT '"""'::text AS "quotes";

-- name: Twice :one
SELECT $1::integer + $1::integer AS sum, @other::integer AS other;

-- name: AddOddName :one
INSERT INTO "odd Names" ("class", "camelCase", "two words", "2nd", "select", "a""b")
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING "class", "camelCase", "two words", "2nd", "select", "a""b";

-- name: FindOddName :one
SELECT "class", "camelCase" FROM "odd Names" WHERE "class" = $1 AND "camelCase" = $2;

-- name: import :one
SELECT @self::text AS self, @cur::text AS cur, @models::text AS models, @lambda::text AS "lambda";

-- name: Between :many
SELECT id FROM people WHERE id > $1 AND id < $2 ORDER BY id;

-- name: Repeated :one
SELECT people.id, pets.id, people.name, pets.name
FROM people JOIN pets ON pets.owner_id = people.id
WHERE people.id = $1 AND pets.id = $2;

-- name: Unnamed :one
SELECT 1::integer, 'a'::text;
