\set user random(1, 100)
BEGIN;
INSERT INTO orders (id, user_id, amount, description, status)
VALUES (
    uuidv7(), ('00000000-0000-4000-8000-' || lpad((:user)::text, 12, '0'))::uuid, 1, 'two books and a lamp', 'FINISHED'
)
RETURNING id, created_at;
INSERT INTO outbox (topic, key, event_type, payload)
VALUES ('orders', 'a2c60c3b-e0ad-4fd2-8b8e-4d8c2a1d9d1b', 'OrderCreated', decode(repeat('ab', 170), 'hex'));
COMMIT;
