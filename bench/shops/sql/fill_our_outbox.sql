INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id)
SELECT
    number % current_setting('bench.partitions')::integer, current_setting('bench.topic'), gen_random_uuid()::text,
    decode(repeat('ab', 170), 'hex'), gen_random_uuid(), 'OrderCreated', now(), ''
FROM generate_series(1, current_setting('bench.rows')::integer) AS number;
VACUUM ANALYZE outbox;
CHECKPOINT;
