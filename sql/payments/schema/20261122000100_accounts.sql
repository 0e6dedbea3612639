-- migrate:up

CREATE TABLE accounts (
    id         uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    balance    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,

    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_one_per_user UNIQUE (user_id),
    CONSTRAINT accounts_balance_in_range CHECK (balance BETWEEN 0 AND 9007199254740991)
);

-- migrate:down

DROP TABLE accounts;
