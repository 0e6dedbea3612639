-- name: ListVenues :many
SELECT * FROM venues WHERE city = $1 ORDER BY name;

-- name: GetVenue :one
SELECT * FROM venues WHERE slug = $1 AND city = $2;

-- name: CreateVenue :one
INSERT INTO venues (slug, name, city, created_at, spotify_playlist, status, statuses, tags)
VALUES ($1, $2, $3, now(), $4, $5, $6, $7)
RETURNING id;

-- name: UpdateVenueName :one
UPDATE venues SET name = $2 WHERE slug = $1 RETURNING id;

-- name: DeleteVenue :exec
DELETE FROM venues WHERE slug = $1 AND slug = $1;

-- name: VenueCountByCity :many
SELECT city, count(*) FROM venues GROUP BY 1 ORDER BY 1;
