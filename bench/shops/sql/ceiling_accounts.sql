INSERT INTO accounts (id, user_id, balance)
SELECT id, id, 1000000000000
FROM (
    SELECT ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid AS id
    FROM generate_series(1, 100) AS number
) AS users;
VACUUM ANALYZE;
CHECKPOINT;
