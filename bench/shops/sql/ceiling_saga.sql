\set user random(1, 100)
BEGIN;
INSERT INTO orders (id, user_id, amount, description, status)
VALUES (
    uuidv7(), ('00000000-0000-4000-8000-' || lpad((:user)::text, 12, '0'))::uuid, 1, 'two books and a lamp', 'NEW'
)
RETURNING id AS order_id \gset
INSERT INTO outbox (topic, key, event_type, payload)
VALUES ('orders', (:order_id)::text, 'OrderCreated', decode(repeat('ab', 170), 'hex'));
COMMIT;
BEGIN;
INSERT INTO inbox (event_id, event_type, payload)
VALUES (uuidv7(), 'OrderCreated', decode(repeat('ab', 170), 'hex'))
ON CONFLICT DO NOTHING;
UPDATE accounts
SET balance = balance - 1, updated_at = now()
WHERE user_id = ('00000000-0000-4000-8000-' || lpad((:user)::text, 12, '0'))::uuid AND balance >= 1;
INSERT INTO transactions (id, account_id, amount, type, reference_order_id)
VALUES (uuidv7(), ('00000000-0000-4000-8000-' || lpad((:user)::text, 12, '0'))::uuid, 1, 'DEBIT', (:order_id)::uuid);
INSERT INTO outbox (topic, key, event_type, payload)
VALUES ('payments', 'a2c60c3b-e0ad-4fd2-8b8e-4d8c2a1d9d1b', 'PaymentSucceeded', decode(repeat('ab', 140), 'hex'));
COMMIT;
BEGIN;
INSERT INTO inbox (event_id, event_type, payload)
VALUES (uuidv7(), 'PaymentSucceeded', decode(repeat('ab', 140), 'hex'))
ON CONFLICT DO NOTHING;
UPDATE orders
SET status = 'FINISHED', cancel_reason = '', updated_at = now()
WHERE id = (:order_id)::uuid AND status = 'NEW';
COMMIT;
