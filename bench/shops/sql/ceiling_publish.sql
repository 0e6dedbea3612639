BEGIN;
WITH oldest AS (SELECT id FROM outbox ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
DELETE FROM outbox USING oldest WHERE outbox.id = oldest.id RETURNING outbox.topic, outbox.key, outbox.payload;
COMMIT;
