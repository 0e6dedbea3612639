-- migrate:up

CREATE TABLE orders (
    id            uuid        NOT NULL,
    user_id       uuid        NOT NULL,
    amount        bigint      NOT NULL,
    description   text        NOT NULL,
    status        text        NOT NULL,
    cancel_reason text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,

    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_amount_in_range CHECK (amount BETWEEN 1 AND 9007199254740991),
    CONSTRAINT orders_status_known CHECK (status IN ('NEW', 'FINISHED', 'CANCELED')),
    CONSTRAINT orders_cancel_reason_iff_canceled CHECK ((status = 'CANCELED') = (cancel_reason <> ''))
);

-- For ListOrders and ListOrdersByStatus: a user's orders, newest first.
CREATE INDEX orders_by_user ON orders (user_id, created_at DESC, id DESC);
CREATE INDEX orders_by_user_and_status ON orders (user_id, status, created_at DESC, id DESC);

-- migrate:down

DROP TABLE orders;
