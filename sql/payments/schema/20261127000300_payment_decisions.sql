-- migrate:up

-- The outcome of an order's payment. The names of the failures are the values of PaymentFailed.reason.
CREATE TYPE payment_outcome AS ENUM ('PAID', 'ACCOUNT_NOT_FOUND', 'INSUFFICIENT_FUNDS');

-- One decision per order, never deleted. A row commits together with the debit and the event that announces the
-- decision. Every later delivery of the order publishes the same decision, also after the inbox has deleted the id of
-- its event.
CREATE TABLE payment_decisions (
    order_id       uuid            NOT NULL,
    user_id        uuid            NOT NULL,
    amount         bigint          NOT NULL,
    outcome        payment_outcome NOT NULL,
    -- The id of the order's DEBIT.
    transaction_id uuid,
    decided_at     timestamptz     NOT NULL,

    CONSTRAINT payment_decisions_pkey PRIMARY KEY (order_id),
    CONSTRAINT payment_decisions_amount_in_range CHECK (amount BETWEEN 1 AND 9007199254740991),
    CONSTRAINT payment_decisions_transaction_iff_paid CHECK ((outcome = 'PAID') = (transaction_id IS NOT NULL))
);

-- Earlier versions stored no decisions. A debit means that its order was paid; failed payments left no row.
INSERT INTO payment_decisions (order_id, user_id, amount, outcome, transaction_id, decided_at)
SELECT
    transactions.reference_order_id, accounts.user_id, transactions.amount, 'PAID', transactions.id,
    transactions.created_at
FROM transactions
JOIN accounts ON accounts.id = transactions.account_id
WHERE transactions.type = 'DEBIT';

-- migrate:down

DROP TABLE payment_decisions;
DROP TYPE payment_outcome;
