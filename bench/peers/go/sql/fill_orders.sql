INSERT INTO orders (id, user_id, amount, description, status)
SELECT uuidv7(), gen_random_uuid(), 1, 'two books and a lamp', 'FINISHED'
FROM generate_series(1, current_setting('bench.rows')::integer);
INSERT INTO inbox (event_id, event_type, payload)
SELECT uuidv7(), 'PaymentSucceeded', decode(repeat('ab', 140), 'hex')
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE;
CHECKPOINT;
