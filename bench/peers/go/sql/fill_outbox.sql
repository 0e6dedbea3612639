INSERT INTO outbox (topic, key, event_type, payload)
SELECT 'peer.orders.events.v1', gen_random_uuid()::text, 'OrderCreated', decode(repeat('ab', 170), 'hex')
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE outbox;
CHECKPOINT;
