-- migrate:up

-- The responses to requests with an Idempotency-Key. A row commits together with the effect of its request.
CREATE TABLE idempotency_keys (
    method      text        NOT NULL,
    scope       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    response    bytea       NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,

    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (method, scope, key),
    CONSTRAINT idempotency_keys_key_length CHECK (char_length(key) BETWEEN 1 AND 255)
);

-- The purge reads the oldest rows first.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- migrate:down

DROP TABLE idempotency_keys;
