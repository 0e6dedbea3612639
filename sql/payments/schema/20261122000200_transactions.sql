-- migrate:up

-- Every change of a balance. Rows are never updated or deleted.
CREATE TABLE transactions (
    id                 uuid        NOT NULL,
    account_id         uuid        NOT NULL,
    amount             bigint      NOT NULL,
    type               text        NOT NULL,
    reference_order_id uuid,
    balance_after      bigint      NOT NULL,
    created_at         timestamptz NOT NULL,

    CONSTRAINT transactions_pkey PRIMARY KEY (id),
    CONSTRAINT transactions_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT transactions_amount_in_range CHECK (amount BETWEEN 1 AND 9007199254740991),
    CONSTRAINT transactions_balance_not_negative CHECK (balance_after >= 0),
    CONSTRAINT transactions_type_known CHECK (type IN ('DEBIT', 'CREDIT')),
    CONSTRAINT transactions_debit_has_order CHECK ((type = 'DEBIT') = (reference_order_id IS NOT NULL))
);

-- The last line of defence against a double debit, if every check before it fails.
CREATE UNIQUE INDEX transactions_one_debit_per_order ON transactions (reference_order_id) WHERE type = 'DEBIT';

-- For ListTransactions: an account's transactions, newest first.
CREATE INDEX transactions_by_account ON transactions (account_id, created_at DESC, id DESC);

-- migrate:down

DROP TABLE transactions;
