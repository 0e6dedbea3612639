CREATE TABLE accounts (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL UNIQUE,
    balance    bigint      NOT NULL DEFAULT 0 CHECK (balance >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE transactions (
    id                 uuid        PRIMARY KEY,
    account_id         uuid        NOT NULL REFERENCES accounts (id),
    amount             bigint      NOT NULL CHECK (amount > 0),
    type               text        NOT NULL CHECK (type IN ('DEBIT', 'CREDIT')),
    reference_order_id uuid,
    created_at         timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX transactions_one_debit_per_order ON transactions (reference_order_id) WHERE type = 'DEBIT';
CREATE INDEX transactions_by_account ON transactions (account_id, created_at DESC, id DESC);
