-- migrate:up

-- The user canceled the order before its payment was decided: no debit follows.
ALTER TYPE payment_outcome ADD VALUE 'CANCELED_BY_USER';

ALTER TABLE payment_decisions
    -- The id of the order's REFUND.
    ADD COLUMN refund_id uuid,
    ADD CONSTRAINT payment_decisions_refund_only_if_paid CHECK (refund_id IS NULL OR transaction_id IS NOT NULL);

ALTER TABLE transactions
    DROP CONSTRAINT transactions_type_known,
    DROP CONSTRAINT transactions_debit_has_order,
    ADD CONSTRAINT transactions_type_known CHECK (type IN ('DEBIT', 'CREDIT', 'REFUND')),
    ADD CONSTRAINT transactions_credit_has_no_order CHECK ((type = 'CREDIT') = (reference_order_id IS NULL));

-- The last line of defence against a second refund, if every check before it fails.
CREATE UNIQUE INDEX transactions_one_refund_per_order ON transactions (reference_order_id) WHERE type = 'REFUND';

-- migrate:down

-- The type keeps its value CANCELED_BY_USER, because PostgreSQL can't remove it.
DROP INDEX transactions_one_refund_per_order;
ALTER TABLE transactions
    DROP CONSTRAINT transactions_type_known,
    DROP CONSTRAINT transactions_credit_has_no_order,
    ADD CONSTRAINT transactions_type_known CHECK (type IN ('DEBIT', 'CREDIT')),
    ADD CONSTRAINT transactions_debit_has_order CHECK ((type = 'DEBIT') = (reference_order_id IS NOT NULL));
ALTER TABLE payment_decisions DROP COLUMN refund_id;
