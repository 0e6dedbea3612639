INSERT INTO orders (id, user_id, amount, description, status, cancel_reason, created_at, updated_at)
SELECT uuidv7(), gen_random_uuid(), 1, 'two books and a lamp', 'FINISHED', '', now(), now()
FROM generate_series(1, current_setting('bench.rows')::integer);
INSERT INTO inbox (event_id, topic, received_at)
SELECT uuidv7(), 'shop.payments.events.v1', now()
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE;
CHECKPOINT;
