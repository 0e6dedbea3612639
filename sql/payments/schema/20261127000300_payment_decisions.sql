-- migrate:up

-- What payments decided about an order. The names of the failures are those of PaymentFailed's reasons.
CREATE TYPE payment_outcome AS ENUM ('PAID', 'ACCOUNT_NOT_FOUND', 'INSUFFICIENT_FUNDS');

-- One decision per order, for ever. A row commits together with the debit and the event that tells of it, so that the
-- same order is answered alike whenever it comes again: the inbox knows events, and forgets them.
CREATE TABLE payment_decisions (
    order_id       uuid            NOT NULL,
    user_id        uuid            NOT NULL,
    amount         bigint          NOT NULL,
    outcome        payment_outcome NOT NULL,
    -- The order's DEBIT.
    transaction_id uuid,
    decided_at     timestamptz     NOT NULL,

    CONSTRAINT payment_decisions_pkey PRIMARY KEY (order_id),
    CONSTRAINT payment_decisions_amount_in_range CHECK (amount BETWEEN 1 AND 9007199254740991),
    CONSTRAINT payment_decisions_transaction_iff_paid CHECK ((outcome = 'PAID') = (transaction_id IS NOT NULL))
);

-- Decisions from before this table: debits tell of those that were paid; failed payments were not stored.
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
