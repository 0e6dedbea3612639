INSERT INTO outbox (topic, key, event_type, payload)
SELECT current_setting('bench.topic'), gen_random_uuid()::text, 'OrderCreated', decode(repeat('ab', 170), 'hex')
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE outbox;
CHECKPOINT;
