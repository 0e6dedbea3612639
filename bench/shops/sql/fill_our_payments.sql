INSERT INTO accounts (id, user_id, balance, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000', 0, now(), now())
ON CONFLICT DO NOTHING;
INSERT INTO payment_decisions (order_id, user_id, amount, outcome, transaction_id, decided_at)
SELECT uuidv7(), '00000000-0000-4000-8000-000000000000', 1, 'PAID', uuidv7(), now()
FROM generate_series(1, current_setting('bench.rows')::integer);
INSERT INTO transactions (id, account_id, amount, type, reference_order_id, balance_after, created_at)
SELECT uuidv7(), '00000000-0000-4000-8000-000000000000', 1, 'DEBIT', uuidv7(), 0, clock_timestamp()
FROM generate_series(1, current_setting('bench.rows')::integer);
INSERT INTO inbox (event_id, topic, received_at)
SELECT uuidv7(), 'shop.orders.events.v1', now()
FROM generate_series(1, current_setting('bench.rows')::integer);
VACUUM ANALYZE;
CHECKPOINT;
