INSERT INTO accounts (id, user_id)
VALUES ('00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000')
ON CONFLICT DO NOTHING;
INSERT INTO transactions (id, account_id, amount, type, reference_order_id)
SELECT uuidv7(), '00000000-0000-4000-8000-000000000000', 1, 'DEBIT', uuidv7()
FROM generate_series(1, current_setting('bench.rows')::integer);
INSERT INTO inbox (event_id, event_type, payload)
SELECT uuidv7(), 'OrderCreated', decode(repeat('ab', 170), 'hex')
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE;
CHECKPOINT;
