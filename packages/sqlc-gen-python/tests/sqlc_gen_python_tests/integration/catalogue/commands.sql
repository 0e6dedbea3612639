-- name: AddPerson :exec
INSERT INTO people (id, name, nick) VALUES (@id, @name, @nick);

-- name: GetPerson :one
SELECT * FROM people WHERE id = $1;

-- name: GetName :one
SELECT name FROM people WHERE id = $1;

-- name: GetNick :one
SELECT nick FROM people WHERE id = $1;

-- name: ListPeople :many
-- Lists all people.
--
-- In the order of their ids.
SELECT id, name, nick FROM people ORDER BY id;

-- name: ListNicks :many
SELECT nick FROM people ORDER BY id;

-- name: CountPeople :one
SELECT count(*) FROM people;

-- name: Numbers :many
SELECT generate_series(1, @last::integer)::integer AS n;

-- name: RenamePerson :execrows
UPDATE people
SET name = coalesce(sqlc.narg(name), name), nick = coalesce(sqlc.narg(nick), nick)
WHERE id = sqlc.arg(id);

-- name: DeletePeople :execresult
DELETE FROM people WHERE id = ANY ($1::integer[]) RETURNING id;

-- name: PeopleIn :many
SELECT * FROM people WHERE id IN (sqlc.slice(ids)) AND name <> @name ORDER BY id;

-- name: PeopleNotIn :many
SELECT * FROM people WHERE id NOT IN (sqlc.slice('ids')) ORDER BY id;

-- name: PetsWithOwners :many
SELECT sqlc.embed(pets), sqlc.embed(people), upper(pets.name)::text AS loud
FROM pets JOIN people ON people.id = pets.owner_id
ORDER BY pets.id;

-- name: OnePet :one
SELECT sqlc.embed(pet) FROM pets AS pet WHERE pet.id = $1;

-- name: CopyPeople :copyfrom
INSERT INTO people (id, name, nick) VALUES ($1, $2, $3);

-- name: CopyMoods :copyfrom
INSERT INTO residents (id, mood) VALUES ($1, $2);

-- name: AddPets :batchexec
INSERT INTO pets (id, owner_id, name) VALUES ($1, $2, $3);

-- name: FindPeople :batchone
SELECT * FROM people WHERE id = $1;

-- name: FindNames :batchone
SELECT name FROM people WHERE id = $1;

-- name: FindPets :batchmany
SELECT id, name FROM pets WHERE owner_id = @owner_id AND id > @after;

-- name: LatestPets :many
SELECT * FROM latest ORDER BY owner_id;

-- name: LatestPet :one
SELECT pet_id FROM latest WHERE owner_id = $1;
