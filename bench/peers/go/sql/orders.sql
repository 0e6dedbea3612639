CREATE TABLE orders (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL,
    amount        bigint      NOT NULL CHECK (amount > 0),
    description   text        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('NEW', 'FINISHED', 'CANCELED')),
    cancel_reason text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_by_user ON orders (user_id, created_at DESC, id DESC);
